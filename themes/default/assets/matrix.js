// On paper a matrix of more models than fit across is several tables, each with all its heads.
(() => {
"use strict";
/// So many models fit beside the other columns.
const ACROSS = 22;
const table = document.querySelector("table.overview");
const models = table ? [...table.tHead.rows[0].cells].filter((cell) => cell.matches(".model")).map((cell) => cell.cellIndex) : [];
if (models.length <= ACROSS) return;

const size = Math.ceil(models.length / Math.ceil(models.length / ACROSS));
const parts = [];
for (let from = 0; from < models.length; from += size) parts.push(models.slice(from, from + size));

/// A copy of the table with some of its models; of the rows those that say something of
/// them, and in the first part those that no model has.
function part(shown, number) {
  const copy = table.cloneNode(true);
  const hidden = models.filter((column) => !shown.includes(column)).reverse();
  for (const row of [...copy.rows]) {
    const said = (columns) => columns.some((column) => row.cells[column].textContent);
    const stays = row.parentElement.localName === "thead" || said(shown) || (number === 0 && !said(models));
    if (!stays) row.remove();
    else hidden.forEach((column) => row.deleteCell(column));
  }
  const frame = document.createElement("div");
  frame.className = "table-wrap for-print";
  frame.append(copy);
  return frame;
}

addEventListener("beforeprint", () => {
  table.parentElement.classList.add("printed-apart");
  table.parentElement.after(...parts.map(part));
});
addEventListener("afterprint", () => {
  table.parentElement.classList.remove("printed-apart");
  document.querySelectorAll(".for-print").forEach((frame) => frame.remove());
});
})();
