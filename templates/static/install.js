// Lets a signed-in artist's browser install the studio, where it can.
navigator.serviceWorker?.register("/worker.js").catch(() => {});
