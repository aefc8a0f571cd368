"""The addresses of messaging: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, WRITE = "see messaging", "write messaging"
LAUNCH, DECIDE = "launch messaging", "decide experiments"
OF = "messaging"

MESSAGING_DOORS: dict[str, Door] = {
    "marketing:batches": page(SEE),
    "marketing:batch-add": page(WRITE, post=422),
    "marketing:batch": page(SEE, of=OF),
    "marketing:batch-edit": page(WRITE, of=OF, post=422),
    "marketing:batch-recipients": page(SEE, of=OF),
    "marketing:batch-launch": action(LAUNCH, 302, of=OF),
    "marketing:batch-stop": action(LAUNCH, 409, of=OF),
    "marketing:flows": page(SEE),
    "marketing:flow-add": page(WRITE, post=422),
    "marketing:flow": page(SEE, of=OF),
    "marketing:flow-runs": page(SEE, of=OF),
    "marketing:flow-step-add": page(WRITE, of=OF, post=422),
    "marketing:flow-step-drop": action(WRITE, 302, of=OF),
    "marketing:flow-on": action(LAUNCH, 302, of=OF),
    "marketing:flow-off": action(LAUNCH, 409, of=OF),
    "marketing:message-texts": page(SEE),
    "marketing:message-text-add": page(WRITE, post=422),
    "marketing:message-text-edit": page(WRITE, of=OF, post=422),
    "marketing:experiments": page(SEE),
    "marketing:experiment-add": page(WRITE, post=422),
    "marketing:experiment": page(SEE, of=OF),
    "marketing:experiment-start": action(LAUNCH, 302, of=OF),
    "marketing:experiment-decide": page(DECIDE, of=OF, post=422),
    "marketing:experiment-stop": action(DECIDE, 409, of=OF),
}
