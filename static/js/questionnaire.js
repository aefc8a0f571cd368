// Questions that rest on another answer appear once it is given; the server judges the same way.
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
}

form?.addEventListener('change', apply);
if (form) apply();
