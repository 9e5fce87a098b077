/*
 * The part of the window that the keyboard leaves free: `--room` is its height, and the class `low`
 * on <html> says that it is short for the letters on it. Some browsers shrink the page for the keyboard, others only slide it.
 */

const LOW = 620;

export function fitRoom(): void {
  const root = document.documentElement;
  const view = window.visualViewport;
  const fit = (): void => {
    const height = Math.round(view ? view.height : window.innerHeight);
    root.style.setProperty('--room', height + 'px');
    const letters = parseFloat(getComputedStyle(root).fontSize) / 16 || 1;
    root.classList.toggle('low', height < LOW * letters);
    root.classList.toggle('large', letters > 1.4);
    if (view && height < window.innerHeight) window.scrollTo(0, 0);
  };
  if (view) view.addEventListener('resize', fit);
  window.addEventListener('resize', fit);
  fit();
}
