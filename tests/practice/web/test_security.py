"""Who may talk to the page's server."""

from http.client import HTTPConnection

import pytest

from byhand.practice.web.security import MOST_BYTES, Guard, policy

HOST = "127.0.0.1:8427"
GUARD = Guard(None, "secret", [HOST, "localhost:8427"])
OWN = {"host": HOST, "origin": f"http://{HOST}", "content-length": "2"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/secret/", {"host": HOST}, 0),
        ("GET", "/secret", {"host": "localhost:8427"}, 0),
        ("POST", "/secret/api/run", OWN, 0),
        ("GET", "/", {"host": HOST}, 403),
        ("GET", "/secre/", {"host": HOST}, 403),
        ("GET", "/secret2/", {"host": HOST}, 403),
        ("GET", "/%73ecret/", {"host": HOST}, 403),
        ("GET", "/sécret/", {"host": HOST}, 403),
        ("GET", "/secret/", {}, 421),
        ("GET", "/secret/", {"host": "evil.example:8427"}, 421),
        ("GET", "/secret/", {"host": "127.0.0.1:1"}, 421),
        ("GET", "/secret/api/overview", {"host": HOST, "origin": "https://evil.example"}, 403),
        ("GET", "/secret/api/overview", {"host": HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}, 403),
        ("POST", "/secret/api/run", {**OWN, "origin": "https://evil.example"}, 403),
        ("POST", "/secret/api/run", {**OWN, "origin": "null"}, 403),
        ("POST", "/secret/api/run", {"host": HOST, "content-length": "2"}, 403),
        ("POST", "/secret/api/run", {**OWN, "content-length": str(MOST_BYTES + 1)}, 413),
        ("POST", "/secret/api/run", {"host": HOST, "origin": f"http://{HOST}"}, 411),
    ],
)
def test_only_the_page_itself_is_answered(method, path, headers, status):
    assert GUARD.refusal(method, path, headers)[0] == status


def test_a_link_from_elsewhere_may_open_the_page():
    opened = {"host": HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert GUARD.refusal("GET", "/secret/", opened)[0] == 0
    framed = {**opened, "sec-fetch-dest": "iframe"}
    assert GUARD.refusal("GET", "/secret/", framed)[0] == 403


def test_no_script_may_come_from_elsewhere_or_stand_in_the_page():
    rules = dict(rule.split(" ", 1) for rule in policy("abc").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "nonce" not in policy()


def test_only_the_sites_own_pages_have_scripts_in_themselves():
    page, site = (dict(rule.split(" ", 1) for rule in said.split("; ")) for said in (policy(), policy(is_site=True)))
    assert {name for name in page if page[name] != site[name]} == {"script-src", "style-src"}


def test_a_running_server_refuses_strangers(server):
    def status(method, path, body=None, **headers):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, names)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers

    token = server.url.split("/")[3]
    origin = server.url.rpartition(f"/{token}")[0]
    assert status("GET", "/")[0] == 403
    assert status("GET", f"/{token}/", Host="evil.example")[0] == 421
    assert status("POST", f"/{token}/api/stop", '{"tab": "x", "run": ""}')[0] == 403
    assert status("POST", f"/{token}/api/stop", '{"tab": "x", "run": ""}', Origin="http://evil.example")[0] == 403
    assert status("POST", f"/{token}/api/stop", '{"tab": "x", "run": ""}', Origin=origin)[0] == 200
    assert status("POST", f"/{token}/api/stop", '{"tab": 1}', Origin=origin)[0] == 400
    assert status("POST", f"/{token}/api/stop", "[", Origin=origin)[0] == 400
    assert status("GET", f"/{token}/static/../app.py")[0] == 404
    assert status("GET", f"/{token}/static/%2e%2e/app.py")[0] == 404
    code, headers = status("GET", f"/{token}/")
    assert code == 200
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
