"""Where a post went, on a page for its artist alone, and as a file to take along."""

from cara_fed.evidence.files import read_evidence_file
from tests.cara_fed.web.test_publishing import files, publish
from tests.support.browsers import Browser
from tests.support.instances import jpeg


async def test_the_artist_reads_where_it_went_and_takes_the_file(
    mara_there: Browser, visitor: Browser, theo_there: Browser
) -> None:
    path = await publish(mara_there, files(jpeg()))
    own = await mara_there.get(path)
    assert f'{path}/evidence"' in own.text
    page = await mara_there.get(f"{path}/evidence")
    assert (page.status_code, "Where this went" in page.text) == (200, True)
    assert "No timestamp server is configured" in page.text

    for form, media_type in (("json", "application/json"), ("html", "text/html; charset=utf-8")):
        file = await mara_there.fill_in(f"{path}/evidence", {"format": form})
        assert file.headers["content-type"] == media_type
        assert file.headers["content-disposition"].endswith(f'.{form}"')
        document = read_evidence_file(file.content)
        assert document["post"]["page"].endswith(path)
        assert len(document["pictures"]) == 1
    (key,) = (await visitor.get("/policies/evidence-keys.json")).json()["keys"]
    assert key["publicKeyMultibase"] == document["instance"]["key"]

    assert (await visitor.get(f"{path}/evidence")).status_code in (302, 303)
    assert (await theo_there.get(f"{path}/evidence")).status_code == 404
