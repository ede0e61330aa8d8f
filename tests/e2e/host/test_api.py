"""The front door and the functions behind it, as a client of API Gateway would meet them."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from shopbell.local.frontdoor import MAX_BODY
from shopbell.local.session import FunctionFailedError, LocalSession

from tests.e2e.host.calls import call

pytestmark = pytest.mark.engine


def test_a_request_reaches_the_function_under_a_plain_path(machine: LocalSession) -> None:
    saw = call(machine.api_url, "GET", "/v1/things?a=1&a=2&b=%20c", headers={"X-Own": "yes"}).json()
    assert (saw["method"], saw["path"], saw["query"]) == ("GET", "/v1/things", "a=1&a=2&b=%20c")
    assert saw["headers"]["x-own"] == "yes"
    assert saw["headers"]["host"] == urlsplit(machine.api_url).netloc
    assert saw["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert saw["source_ip"] == "127.0.0.1"


def test_the_functions_headers_and_cookies_come_back_as_they_are(machine: LocalSession) -> None:
    headers = call(machine.api_url, "GET", "/v1/things").headers
    assert ("access-control-allow-origin", "https://shop.example") in headers
    assert [value for name, value in headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    assert not [name for name, _ in headers if name.lower().startswith("x-amz")]


def test_options_is_routed_to_the_function_like_any_other_method(machine: LocalSession) -> None:
    preflight = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    reply = call(machine.api_url, "OPTIONS", "/v1/orders?x=1", headers=preflight)
    saw = reply.json()
    assert reply.status == 200
    assert (saw["method"], saw["path"], saw["query"]) == ("OPTIONS", "/v1/orders", "x=1")
    assert saw["headers"]["access-control-request-method"] == "POST"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_is_passed_on(machine: LocalSession, method: str) -> None:
    body = b"{}" if method in {"POST", "PUT", "PATCH"} else None
    reply = call(machine.api_url, method, "/v1/things", body, {"content-type": "application/json"})
    assert reply.json()["method"] == method


def test_head_has_headers_and_no_body(machine: LocalSession) -> None:
    reply = call(machine.api_url, "HEAD", "/v1/things")
    assert (reply.status, reply.body) == (200, b"")


def test_a_binary_body_arrives_whole(machine: LocalSession) -> None:
    reply = call(machine.api_url, "POST", "/v1/things", "päckchen".encode(), {"content-type": "application/x-own"})
    assert reply.json()["body"] == "päckchen"


def test_one_connection_serves_many_requests(machine: LocalSession) -> None:
    connection = http.client.HTTPConnection(urlsplit(machine.api_url).netloc, timeout=120)
    for number in range(5):
        connection.request("GET", f"/v1/things/{number}")
        answer = connection.getresponse()
        assert json.loads(answer.read())["path"] == f"/v1/things/{number}"
    connection.close()


def test_a_chunked_body_arrives_whole(machine: LocalSession) -> None:
    connection = http.client.HTTPConnection(urlsplit(machine.api_url).netloc, timeout=120)
    pieces = iter([b"one ", b"two"])
    connection.request("POST", "/v1/things", pieces, {"content-type": "text/plain"}, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["body"] == "one two"
    connection.close()


def test_an_unknown_route_is_404_as_the_api_says_it(machine: LocalSession) -> None:
    reply = call(machine.api_url, "GET", "/nothing")
    assert (reply.status, reply.json()) == (404, {"message": "Not Found"})


def test_a_body_above_ten_megabytes_is_refused(machine: LocalSession) -> None:
    connection = http.client.HTTPConnection(urlsplit(machine.api_url).netloc, timeout=120)
    connection.putrequest("POST", "/v1/things")
    connection.putheader("Content-Length", str(MAX_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_broken_function_answers_500_without_its_exception(machine: LocalSession) -> None:
    reply = call(machine.api_url, "GET", "/v1/break")
    assert (reply.status, reply.json()) == (500, {"message": "Internal Server Error"})
    assert "broken on purpose" in machine.logs("track")


def test_a_function_is_stopped_at_its_timeout_and_the_next_call_works(machine: LocalSession) -> None:
    assert call(machine.api_url, "GET", "/v1/sleep").status == 500
    assert "Task timed out after 3.00 seconds" in machine.logs("track")
    assert call(machine.api_url, "GET", "/v1/things").status == 200


def test_an_environment_is_kept_warm_even_after_an_exception(machine: LocalSession) -> None:
    first = call(machine.api_url, "GET", "/v1/things").json()["pid"]
    call(machine.api_url, "GET", "/v1/break")
    assert call(machine.api_url, "GET", "/v1/things").json()["pid"] == first


def test_a_direct_call_gives_the_answer_or_raises_lambdas_error(machine: LocalSession) -> None:
    assert machine.invoke("clock", {"scheduled_at": "x"}) == {"called": {"scheduled_at": "x"}}
    with pytest.raises(FunctionFailedError, match="KeyError"):
        machine.invoke("clock", {})
    with pytest.raises(KeyError):
        machine.invoke("unknown", {})
