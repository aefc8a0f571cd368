// The unit board: states hidden by their box in the legend, a unit shown beside the board.
const board = document.getElementById('board');
const panel = document.getElementById('unit-panel');

document.querySelector('select[data-submit]')?.addEventListener('change', (event) => event.target.form.submit());
board?.addEventListener('change', (event) => {
  const { state } = event.target.dataset;
  if (state) board.classList.toggle(`no-${state}`, !event.target.checked);
});
board?.addEventListener('click', async (event) => {
  const link = event.target.closest('td a');
  // On a narrow screen, or with a modifier, the unit has a page of its own.
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || getComputedStyle(panel).display === 'none') return;
  event.preventDefault();
  board.querySelector('a[aria-current]')?.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'true');
  try {
    await window.htmx.ajax('GET', link.href, { target: panel, swap: 'innerHTML' });
  } catch {
    window.location.assign(link.href);
  }
});
if (board?.dataset.query) board.querySelectorAll('td a').forEach((link) => { link.search = board.dataset.query; });
