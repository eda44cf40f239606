"""A dynamic resource that does nothing, in a module of its own: Pulumi then stores its provider by reference."""

from typing import Any

from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NoteProvider(ResourceProvider):
    """Calls nobody."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("note", {"text": props["text"]})


class Note(Resource, module="bench", name="Note"):
    """A text."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(NoteProvider(), name, {"text": text})
