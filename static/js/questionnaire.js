// Questions that rest on another answer appear once it is given; the server judges the same way.
// Where a page shows how far one is, it counts the questions that are asked and answered.
const form = document.querySelector('form[data-questionnaire]');

function apply() {
  const shown = new Set();
  form.querySelectorAll('[data-question]').forEach((row) => {
    const { question, onlyIf, onlyValues } = row.dataset;
    const given = onlyIf && form.querySelector(`input[name="q-${CSS.escape(onlyIf)}"]:checked`)?.value;
    const isShown = !onlyIf || (shown.has(onlyIf) && JSON.parse(onlyValues).includes(given));
    row.hidden = !isShown;
    if (isShown) shown.add(question);
  });
  count();
}

function count() {
  const bar = form.querySelector('[data-progress]');
  if (!bar) return;
  const rows = [...form.querySelectorAll('[data-question]')].filter((row) => !row.hidden);
  const done = rows.filter((row) => row.querySelector('input:checked')
    || row.querySelector('textarea, input:not([type=radio])')?.value.trim()).length;
  bar.max = rows.length;
  bar.value = done;
  form.querySelector('[data-done]').textContent = done;
  form.querySelector('[data-total]').textContent = rows.length;
}

form?.addEventListener('change', apply);
form?.addEventListener('input', count);
if (form) apply();
