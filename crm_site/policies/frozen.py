"""Named values of a policy, which everybody who asks is handed and nobody changes."""

from typing import Any, NoReturn


class FrozenDict(dict[str, Any]):
    """A dict that refuses to be changed; ``|``, ``copy`` and pickling give an ordinary one."""

    def _refuse(self, *_args: Any, **_more: Any) -> NoReturn:
        message = "a policy in force is not changed; propose a version"
        raise TypeError(message)

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)
