"""What those who run the place keep, and what opens accounts: the same on both databases."""

from datetime import timedelta

from storage.applications import GRANTED, Application, SuspensionAppeal
from storage.backups import Backup
from storage.database import Database
from storage.exports import Export
from storage.house_rules import Announcement, Rule
from storage.mail_addresses import MailAddress
from storage.mails import Mail
from storage.passkeys import Passkey
from storage.report_notes import ReportNote
from storage.reports import Report
from storage.second_factors import SecondFactor
from storage.usage import StorageUse
from tests.support.rows import NOW, make_artist, make_attachment, make_post, make_rendition

LATER = NOW + timedelta(minutes=5)
FAR = 2**62


async def test_letters_and_archives_are_taken_by_one_worker_each(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        await records.mails.add(Mail(pk=1, recipient="a@b.example", subject="s", due_at=NOW, created_at=NOW))
        await records.exports.add(Export(pk=1, artist_pk=mara.pk, created_at=NOW, due_at=NOW))
        assert await records.mails.is_anything_due(NOW) and await records.exports.is_anything_due(NOW)
        mail, export = await records.mails.claim(NOW, LATER), await records.exports.claim(NOW, LATER)
        assert mail is not None and mail.attempts == 1 and export is not None
        assert await records.mails.claim(NOW, LATER) is None and await records.exports.claim(NOW, LATER) is None
        await records.mails.record_failed(1, "550")
        await records.exports.record_ready(1, "f" * 64 + ".zip", FAR, NOW)
        assert await records.mails.count_waiting() == 0
        assert await records.mails.remove_failed(LATER) == 1
        (gone,) = await records.exports.take_expired(LATER)
        assert gone.bytes == FAR
        assert await records.exports.take_all(mara.pk) == []


async def test_what_opens_an_account_is_kept_and_used_up(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        key = {"pk": 1, "artist_pk": mara.pk, "credential_id": "x", "public_key": b"\0\xff", "created_at": NOW}
        assert await records.passkeys.add(Passkey(**key))
        assert not await records.passkeys.add(Passkey(**key | {"pk": 2}))
        await records.passkeys.record_use(1, 2**32 - 1, NOW)
        await records.second_factors.set(SecondFactor(artist_pk=mara.pk, secret="s"))
        assert await records.second_factors.find_owners() == {mara.pk}
        assert await records.second_factors.use_step(mara.pk, 7) and not await records.second_factors.use_step(
            mara.pk, 7
        )
        await records.second_factors.replace_codes(mara.pk, {"a", "b"})
        assert await records.second_factors.use_code(mara.pk, "a")
        assert not await records.second_factors.use_code(mara.pk, "a")
        await records.mail_addresses.set(MailAddress(artist_pk=mara.pk, address="a@b.example", confirmed_at=NOW))
        await records.mail_addresses.set(MailAddress(artist_pk=mara.pk, address="c@b.example"))
        found = await records.mail_addresses.find(mara.pk)
        assert found is not None and (found.address, found.confirmed_at) == ("c@b.example", None)
        await records.second_factors.remove(mara.pk)
        assert await records.second_factors.count_codes(mara.pk) == 0
    async with database.reading() as records:
        assert (await records.passkeys.find_all(mara.pk))[0].sign_count == 2**32 - 1


async def test_what_the_house_says_and_decides_is_kept(database: Database) -> None:
    mara = make_artist("mara")
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        for text in ("one", "two"):
            await records.house_rules.replace_rules([Rule(pk=1, position=1, content=text)])
        told = Announcement(pk=1, author="ada", content="x", created_at=NOW, ends_at=LATER)
        await records.house_rules.announce(told)
        assert [rule.content for rule in await records.house_rules.find_rules()] == ["two"]
        assert await records.house_rules.find_announcements(LATER) == []
        await records.applications.add(Application(pk=1, name="kei", content="me", created_at=NOW))
        decided = await records.applications.decide(1, GRANTED, "ada", NOW)
        assert decided is not None and decided.content == ""
        assert await records.applications.decide(1, GRANTED, "ada", NOW) is None
        await records.suspension_appeals.add(SuspensionAppeal(pk=1, artist_pk=mara.pk, content="no", created_at=NOW))
        assert await records.suspension_appeals.decide(1, GRANTED, "yes", "ada", NOW)
        assert await records.suspension_appeals.find_open() == []
        await records.reports.add(Report(pk=1, reporter_actor_id="r", target_ids=["a", "b"], created_at=NOW))
        await records.report_notes.add(ReportNote(pk=1, report_pk=1, author="ada", action="note", created_at=NOW))
        assert [report.pk for report in await records.reports.find_about("b")] == [1]
        for files in (1, 2):
            await records.backups.record(Backup(destination="/b", made_at=NOW, files=files, bytes=FAR))
            await records.heartbeats.beat("background", NOW)
        assert [row.files for row in await records.backups.find_all()] == [2]
        assert await records.heartbeats.last("background") == NOW


async def test_pictures_are_measured_by_artist_and_suspended_ones_hidden(database: Database) -> None:
    mara = make_artist("mara")
    post = make_post("https://studio.example/users/mara", artist_pk=mara.pk)
    picture = make_attachment(artist_pk=mara.pk, post_pk=post.pk)
    async with database.unit_of_work() as records:
        await records.artists.add(mara)
        await records.posts.add(post)
        await records.attachments.add(picture, [make_rendition(picture.pk, "web", "a" * 64)])
        await records.evidence.count_fetches(
            {("a" * 64, 0, "", "served"): 2_000_000, ("a" * 64, 0, "", "refused"): 5}, NOW
        )
        assert await records.usage.measure_storage(LATER) == {mara.pk: StorageUse(12_345, 0, 1)}
        assert (await records.usage.measure_storage(NOW))[mara.pk].lately == 12_345
        assert await records.usage.measure_egress() == {mara.pk: 2_000_000 * 12_345}
        assert len(await records.posts.find_local()) == len(await records.works.find_page(("public",))) == 1
        mara_row = await records.artists.get("mara")
        mara_row.suspended_at = NOW
    async with database.reading() as records:
        assert await records.artists.find_suspended() == {"mara"}
        assert await records.posts.find_local() == [] and await records.works.find_page(("public",)) == []
