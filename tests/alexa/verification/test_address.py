"""Where a certificate chain may come from: every trick with an address is refused."""

from __future__ import annotations

import pytest

from skill.alexa.verification.address import normalised
from skill.errors import RequestRefusedError


@pytest.mark.parametrize(
    ("address", "fetched"),
    [
        ("https://s3.amazonaws.com/echo.api/echo-api-cert.pem", "/echo.api/echo-api-cert.pem"),
        ("https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem", "/echo.api/echo-api-cert.pem"),
        ("https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem", "/echo.api/echo-api-cert.pem"),
        ("HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert-6-ats.pem", "/echo.api/echo-api-cert-6-ats.pem"),
        ("https://s3.amazonaws.com/echo.api/./a//b.pem", "/echo.api/a/b.pem"),
    ],
)
def test_what_amazon_allows_is_normalised(address: str, fetched: str) -> None:
    """The addresses that Amazon's own description allows are accepted, and lead to one plain address."""
    assert normalised(address) == f"https://s3.amazonaws.com{fetched}"


TRICKS = [
    "",
    "s3.amazonaws.com/echo.api/a.pem",
    "http://s3.amazonaws.com/echo.api/a.pem",
    "ftp://s3.amazonaws.com/echo.api/a.pem",
    "file:///echo.api/a.pem",
    "https:/s3.amazonaws.com/echo.api/a.pem",
    "https:s3.amazonaws.com/echo.api/a.pem",
    "//s3.amazonaws.com/echo.api/a.pem",
    "https://notamazon.com/echo.api/a.pem",
    "https://s3.amazonaws.com.evil.org/echo.api/a.pem",
    "https://evil.org/s3.amazonaws.com/echo.api/a.pem",
    "https://xs3.amazonaws.com/echo.api/a.pem",
    "https://s3.eu-west-1.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaws.com./echo.api/a.pem",
    "https://s3xamazonaws.com/echo.api/a.pem",
    "https://\u017f3.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaw\u017f.com/echo.api/a.pem",
    "https://s3\u3002amazonaws.com/echo.api/a.pem",
    "https://s3%2eamazonaws.com/echo.api/a.pem",
    "https://user@s3.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaws.com@evil.org/echo.api/a.pem",
    "https://s3.amazonaws.com:443@evil.org/echo.api/a.pem",
    "https://s3.amazonaws.com\\@evil.org/echo.api/a.pem",
    "https://evil.org#@s3.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaws.com:563/echo.api/a.pem",
    "https://s3.amazonaws.com:80/echo.api/a.pem",
    "https://s3.amazonaws.com:/echo.api/a.pem",
    "https://s3.amazonaws.com:0443/echo.api/a.pem",
    "https://s3.amazonaws.com:4\u0664\u0663/echo.api/a.pem",
    "https://s3.amazonaws.com",
    "https://s3.amazonaws.com/",
    "https://s3.amazonaws.com/echo.api",
    "https://s3.amazonaws.com/echo.api/",
    "https://s3.amazonaws.com/echo.api/..",
    "https://s3.amazonaws.com/EcHo.aPi/a.pem",
    "https://s3.amazonaws.com/invalid.path/a.pem",
    "https://s3.amazonaws.com/echo.apix/a.pem",
    "https://s3.amazonaws.com/evil/echo.api/a.pem",
    "https://s3.amazonaws.com//echo.api/a.pem",
    "https://s3.amazonaws.com/echo.api/../evil/a.pem",
    "https://s3.amazonaws.com/echo.api/a/../../evil/a.pem",
    "https://s3.amazonaws.com/echo.api/%2e%2e/evil/a.pem",
    "https://s3.amazonaws.com/echo.api%2fa.pem",
    "https://s3.amazonaws.com/echo%2eapi/a.pem",
    "https://s3.amazonaws.com/echo.api/..\\evil\\a.pem",
    "https://s3.amazonaws.com/echo.api/..;/evil/a.pem",
    "https://s3.amazonaws.com/echo.api/a.pem?version=1",
    "https://s3.amazonaws.com/?/echo.api/a.pem",
    "https://s3.amazonaws.com/echo.api/a.pem#x",
    "https://s3.amazonaws.com/echo.api/a b.pem",
    " https://s3.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaws.com/echo.api/a.pem ",
    "https://s3.amazonaws.com/echo.api/a.pem\n",
    "https://s3.amazonaws.com/echo.api/a.pem\r\nHost: evil.org",
    "https://s3.amazonaws.com/echo.api/\x00a.pem",
    "https://s3.amazonaws.com/echo.api/\ta.pem",
    "ht\ntps://s3.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaws.com/echo.api/\u00e9.pem",
    "https://s3.amazonaws.com/echo.api/a.pem,https://evil.org/b.pem",
    "https://s3.amazonaws.com/echo.api/" + "a" * 600,
]


@pytest.mark.parametrize("address", TRICKS)
def test_tricks_are_refused(address: str) -> None:
    """Another scheme, host, port or folder is refused, and so is everything that two readers could read differently."""
    with pytest.raises(RequestRefusedError) as caught:
        normalised(address)
    assert caught.value.reason == "address"
