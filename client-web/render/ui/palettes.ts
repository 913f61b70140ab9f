// SPDX-License-Identifier: ISC
// Choosing a palette, by its colours and by its name.

import { make } from '../../src/ui/dom';
import { paletteWords } from '../core/words';

export class Palettes {
  private readonly inputs: HTMLInputElement[] = [];

  constructor(root: HTMLElement, palettes: readonly string[], chosen: (palette: string) => void) {
    for (const palette of palettes) {
      const input = make('input', { type: 'radio', name: 'palette', value: palette });
      input.setAttribute('aria-label', paletteWords(palette));
      input.addEventListener('change', () => chosen(palette));
      this.inputs.push(input);
      // Which colours they are is in the styles.
      const swatch = make('span');
      swatch.dataset.palette = palette;
      root.append(make('label', { className: 'swatch', title: `${paletteWords(palette)} (P: the next)` }, input, swatch));
    }
    root.hidden = palettes.length < 2;
  }

  choose(palette: string): void {
    for (const input of this.inputs) input.checked = input.value === palette;
  }

  next(): void {
    const at = this.inputs.findIndex((input) => input.checked);
    this.inputs[(at + 1) % this.inputs.length]!.click();
  }
}
