// Keyboard: "/" and Ctrl+K search, letters on [data-key], j k x in tables, "?" the list. Silent while an input method composes.
const busy = (event) => event.isComposing || event.keyCode === 229;
const typing = (target) => target instanceof Element
  && target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]');
const shown = (element) => element.getClientRects().length > 0 && !element.disabled;

function row(step) {
  const table = document.querySelector('table[data-select]');
  if (!table) return;
  const list = [...table.querySelectorAll('tbody tr')];
  const at = list.indexOf(document.activeElement?.closest('tbody tr'));
  const to = list[Math.min(list.length - 1, Math.max(0, at + step))];
  to?.querySelector('a')?.focus();
}

const letters = {
  '/': () => document.getElementById('gsearch')?.focus(),
  '?': () => document.getElementById('keys-help')?.showModal(),
  j: () => row(1),
  k: () => row(-1),
  x: () => document.activeElement?.closest('table[data-select] tbody tr')?.querySelector('input[type=checkbox]')?.click(),
};

document.addEventListener('keydown', (event) => {
  if (busy(event)) return;
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const search = document.getElementById('gsearch');
    if (key.toLowerCase() === 'k' && search) { event.preventDefault(); search.focus(); }
    if (key === 'Enter' && typing(event.target)) { event.preventDefault(); event.target.closest('form')?.requestSubmit(); }
    return;
  }
  if (event.altKey || typing(event.target) || document.documentElement.dataset.keys === 'off' || document.querySelector('dialog[open]')) return;
  const wanted = [...document.querySelectorAll('[data-key]')].find((e) => e.dataset.key.toLowerCase() === key.toLowerCase() && shown(e));
  if (wanted) { const place = wanted.control || wanted; event.preventDefault(); place.focus(); wanted.click(); if (!document.querySelector('dialog[open]') && !wanted.dataset.focusOn) place.focus(); } else if (letters[key]) { event.preventDefault(); letters[key](); }
});

// Enter that ends a composition is not a submit
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && busy(event)) event.stopPropagation();
}, true);
