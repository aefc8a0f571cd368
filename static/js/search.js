// The panel under the global search: asks after a pause, never while an input method composes.
const box = document.getElementById('gsearch');
const panel = document.getElementById('gsearch-panel');
const enough = (text) => text.length > 1 || /\p{Script=Han}/u.test(text);
const links = () => [...panel.querySelectorAll('a')];
let timer = null;
let before = null;

const close = () => { clearTimeout(timer); panel.hidden = true; panel.replaceChildren(); box.setAttribute('aria-expanded', 'false'); };
const ask = () => {
  clearTimeout(timer);
  const text = box.value.trim();
  if (!enough(text)) { close(); return; }
  timer = setTimeout(() => box.dispatchEvent(new CustomEvent('find')), 250);
};

if (box && panel) {
  box.addEventListener('focus', (event) => { if (event.relatedTarget && !panel.contains(event.relatedTarget)) before = event.relatedTarget; });
  box.addEventListener('input', (event) => { if (!event.isComposing) ask(); });
  box.addEventListener('compositionend', ask);
  panel.addEventListener('htmx:afterSwap', () => {
    panel.hidden = !enough(box.value.trim()) || !box.form.contains(document.activeElement);
    box.setAttribute('aria-expanded', String(!panel.hidden));
  });
  box.form.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') { event.preventDefault(); close(); box.value = ''; if (before?.isConnected) before.focus(); else box.blur(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || panel.hidden) return;
    event.preventDefault();
    const all = [box, ...links()];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
  box.form.addEventListener('focusout', (event) => { if (event.relatedTarget && !box.form.contains(event.relatedTarget)) close(); });
  document.addEventListener('click', (event) => { if (!box.form.contains(event.target)) close(); });
}
