/** An element of the page, by its id. */
export function element<E extends HTMLElement = HTMLInputElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** Sets an element's text, where it changes. */
export function text(id: string, content: string): void {
  const at = element(id);
  if (at.textContent !== content) at.textContent = content;
}

/** A table row: its first cell is the row's header. Cells are texts or elements. */
export function row(...cells: readonly (string | Node)[]): HTMLTableRowElement {
  const tr = document.createElement('tr');
  for (const [k, cell] of cells.entries()) {
    const at = document.createElement(k === 0 ? 'th' : 'td');
    if (k === 0) at.setAttribute('scope', 'row');
    at.append(cell);
    tr.append(at);
  }
  return tr;
}
