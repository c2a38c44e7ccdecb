/**
 * Gives what an ellipsis cuts a tooltip with the whole text, when the pointer comes to it: only then it is known whether it is cut.
 * Screen readers read the whole text anyway.
 */
export function titleWhatIsCut({ target }: Event): void {
  const cutting = target instanceof Element && closestThatCuts(target);
  if (!cutting) return;
  const isOurs = cutting.dataset.cut !== undefined;
  if (cutting.title && !isOurs) return;
  if (isCut(cutting)) {
    cutting.title = cutting.innerText;
    cutting.dataset.cut = '';
  } else if (isOurs) {
    cutting.removeAttribute('title');
    delete cutting.dataset.cut;
  }
}

/** Text stands at most a few elements below the one that cuts it. */
const DEPTH = 3;
function closestThatCuts(target: Element): HTMLElement | undefined {
  let element: Element | null = target;
  for (let depth = 0; element && depth < DEPTH; depth++, element = element.parentElement) {
    if (!(element instanceof HTMLElement)) continue;
    const { textOverflow, webkitLineClamp } = getComputedStyle(element);
    if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none') return element;
  }
  return undefined;
}

const isCut = (element: HTMLElement): boolean =>
  element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
