// A small peer with one actor, fay, on Fedify: another implementation of everything that two servers agree on.
// Environment: PORT, FIRST_KNOCK (rfc9421 or draft-cavage-http-signatures-12), NONCE (1: every inbox POST has to carry one).
import { createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Block, Create, Delete, Document, Endpoints, Follow, Like, Note, Person, PUBLIC_COLLECTION,
  Tombstone, Undo, Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";
import { configure, getConsoleSink } from "@logtape/logtape";
import { incoming, listen, outgoing, recordOutgoing } from "./wire.mjs";

const PORT = Number(process.env.PORT);
const ORIGIN = `http://127.0.0.1:${PORT}`;
const FAY = "fay";
const known = {};
const state = { received: [], followers: {}, notes: {}, sent: 0 };
const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];

await configure({
  sinks: { console: getConsoleSink() },
  loggers: [
    { category: ["fedify"], lowestLevel: "warning", sinks: ["console"] },
    { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["console"] },
  ],
});
recordOutgoing();

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  origin: ORIGIN,
  allowPrivateAddress: true,
  firstKnock: process.env.FIRST_KNOCK,
  ...(process.env.NONCE ? { inboxChallengePolicy: { enabled: true, requestNonce: true } } : {}),
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== FAY) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Fay of the interop peer",
      url: new URL(`/@${identifier}`, ORIGIN),
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .mapHandle((_ctx, username) => (username === FAY ? FAY : null))
  .setKeyPairsDispatcher((_ctx, identifier) => (identifier === FAY ? keys : []));

federation.setObjectDispatcher(Note, "/users/{identifier}/notes/{id}", (_ctx, { id }) => state.notes[id] ?? null);
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({
  items: Object.entries(state.followers).map(([id, inbox]) => ({
    id: new URL(id), inboxId: new URL(inbox), endpoints: null,
  })),
}));

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: FAY }))
  .on(Follow, async (ctx, follow) => {
    await keep(ctx, follow);
    const follower = await follow.getActor(ctx);
    state.followers[follower.id.href] = follower.inboxId.href;
    await send(ctx, follower, new Accept({ ...from(ctx, "accepts"), object: follow }));
  })
  .on(Undo, async (ctx, undo) => {
    await keep(ctx, undo);
    if ((await undo.getObject(ctx)) instanceof Follow) delete state.followers[undo.actorId.href];
  })
  .on(Activity, keep)
  .onError((_ctx, error) => console.error("the inbox failed", error));

async function keep(ctx, activity) {
  state.received.push(await activity.toJsonLd({ contextLoader: ctx.contextLoader }));
}

// Every activity of fay's has an id of its own.
function from(ctx, kind) {
  state.sent += 1;
  return { id: new URL(`/users/${FAY}/${kind}/${state.sent}`, ORIGIN), actor: ctx.getActorUri(FAY) };
}

function send(ctx, recipients, activity) {
  return ctx.sendActivity({ identifier: FAY }, recipients, activity, { immediate: true });
}

function makeNote(ctx, id, { content, image, alt, replyTo }) {
  return new Note({
    id: ctx.getObjectUri(Note, { identifier: FAY, id }),
    attribution: ctx.getActorUri(FAY),
    content,
    to: PUBLIC_COLLECTION,
    cc: ctx.getFollowersUri(FAY),
    published: Temporal.Now.instant(),
    attachments: image ? [new Document({ url: new URL(image), mediaType: "image/png", name: alt })] : [],
    replyTarget: replyTo ? new URL(replyTo) : null,
  });
}

const audience = (ctx) => ({ to: PUBLIC_COLLECTION, cc: ctx.getFollowersUri(FAY) });

// What the test can let fay do: each returns what it made known to the other side.
const verbs = {
  async look({ ctx, loader, id }) {
    const found = await ctx.lookupObject(id, { documentLoader: loader });
    return found ? await found.toJsonLd({ contextLoader: ctx.contextLoader }) : null;
  },
  async follow({ ctx, whom }) {
    state.follow = new Follow({ ...from(ctx, "follows"), object: whom.id });
    await send(ctx, whom, state.follow);
    return state.follow.id.href;
  },
  async unfollow({ ctx, whom }) {
    await send(ctx, whom, new Undo({ ...from(ctx, "undos"), object: state.follow }));
  },
  async like({ ctx, whom, id }) {
    state.like = new Like({ ...from(ctx, "likes"), object: new URL(id) });
    await send(ctx, whom, state.like);
  },
  async announce({ ctx, whom, id }) {
    state.announce = new Announce({ ...from(ctx, "announces"), object: new URL(id), ...audience(ctx) });
    await send(ctx, whom, state.announce);
  },
  async take_back({ ctx, whom, what }) {
    await send(ctx, whom, new Undo({ ...from(ctx, "undos"), object: state[what] }));
  },
  async block({ ctx, whom }) {
    state.block = new Block({ ...from(ctx, "blocks"), object: whom.id });
    await send(ctx, whom, state.block);
  },
  async publish({ ctx, ...what }) {
    const id = String(state.sent + 1);
    state.notes[id] = makeNote(ctx, id, what);
    await send(ctx, "followers", new Create({ ...from(ctx, "creates"), object: state.notes[id], ...audience(ctx) }));
    return state.notes[id].id.href;
  },
  async edit({ ctx, id, content }) {
    const key = id.split("/").at(-1);
    state.notes[key] = state.notes[key].clone({ content, updated: Temporal.Now.instant() });
    await send(ctx, "followers", new Update({ ...from(ctx, "updates"), object: state.notes[key], ...audience(ctx) }));
  },
  async remove({ ctx, id }) {
    const object = new Tombstone({ id: new URL(id) });
    delete state.notes[id.split("/").at(-1)];
    await send(ctx, "followers", new Delete({ ...from(ctx, "deletes"), object, ...audience(ctx) }));
  },
};

// Who was found once is known: what fay sends to them afterwards may be refused, but is not kept back here.
async function find(ctx, loader, id) {
  known[id] ??= await ctx.lookupObject(id, { documentLoader: loader });
  if (!known[id]) throw new Error(`${id} was not found`);
  return known[id];
}

async function control(verb, parameters) {
  if (verb === "state") return { received: state.received, followers: Object.keys(state.followers), incoming, outgoing };
  const ctx = federation.createContext(new URL(ORIGIN), undefined);
  const loader = await ctx.getDocumentLoader({ identifier: FAY });
  const whom = parameters.whom ? await find(ctx, loader, parameters.whom) : null;
  return (await verbs[verb]({ ...parameters, ctx, loader, whom })) ?? null;
}

await listen(PORT, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/control/")) {
    return Response.json(await control(pathname.slice("/control/".length), await request.json()));
  }
  return await federation.fetch(request, { contextData: undefined });
});
console.log("ready");
