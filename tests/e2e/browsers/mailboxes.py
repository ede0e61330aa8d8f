"""What a push service keeps: its subscriptions, and the messages that wait for each."""

import secrets
from dataclasses import dataclass, field


@dataclass(slots=True)
class Message:
    id: str
    body: bytes
    ttl: int
    topic: str | None
    expires_at: float
    sent: bool = False


@dataclass(slots=True)
class Channel:
    """One subscription. `name` is what the browser calls it, `key` the application server key it has."""

    token: str
    device: str
    name: str
    key: bytes | None
    app: str = ""
    sender: str = ""
    gone: bool = False
    pending: dict[str, Message] = field(default_factory=dict)


@dataclass(slots=True)
class Mailboxes:
    channels: dict[str, Channel] = field(default_factory=dict)

    def open(self, channel: Channel) -> None:
        self.channels[channel.token] = channel

    def of_device(self, device: str) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.device == device]

    def named(self, device: str, name: str) -> Channel | None:
        """The living subscription that this browser calls `name`."""
        return next((c for c in self.of_device(device) if c.name == name and not c.gone), None)

    def put(self, channel: Channel, body: bytes, ttl: int, topic: str | None, now: float) -> Message:
        """Queue a message in place of one of the same topic that has not left yet (RFC 8030, section 5.4)."""
        if topic:
            channel.pending = {key: held for key, held in channel.pending.items() if held.topic != topic or held.sent}
        message = Message(secrets.token_urlsafe(24), body, ttl, topic, now + max(ttl, 1))
        channel.pending[message.id] = message
        return message

    def take_unsent(self, channel: Channel, now: float) -> list[Message]:
        """The messages to hand to a connected browser now, marked as sent; what has expired is forgotten."""
        channel.pending = {key: held for key, held in channel.pending.items() if held.expires_at > now}
        due = [held for held in channel.pending.values() if not held.sent]
        for message in due:
            message.sent = True
            if message.ttl == 0:
                del channel.pending[message.id]
        return due

    def forget(self, device: str, message_id: str) -> bool:
        """The browser has it. False if nobody waited for that."""
        return any(c.pending.pop(message_id, None) is not None for c in self.of_device(device))
