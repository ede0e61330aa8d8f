"""What a PATCH names is then what it says, whole; what it does not name stays."""

from tests.functions.http.office import Office


def test_an_audience_and_a_delivery_are_set_whole_and_the_rest_stays(office: Office) -> None:
    vip, old = office.active(), office.active()
    told = {
        "name": "Hello",
        "audience": {"include": [vip], "exclude": [old]},
        "content": {"title": "Hi", "body": "There", "url": "/"},
        "delivery": {"ttl": "PT1H", "respect_caps": False, "per_minute": 50},
        "holdout_percent": 5,
    }
    made = office.manage("POST", "/v1/campaigns", told).json
    path = f"/v1/campaigns/{made['id']}"
    changed = office.manage("PATCH", path, {"audience": {"include": [vip]}, "delivery": {"urgency": "high"}}).json
    assert changed["audience"] == {"include": [vip], "rule": None, "exclude": []}
    usual = office.manage("POST", "/v1/campaigns", {**told, "delivery": {}}).json["delivery"]
    assert changed["delivery"] == {**usual, "urgency": "high"}
    assert (changed["name"], changed["content"], changed["holdout_percent"]) == ("Hello", made["content"], 5)
