// SPDX-License-Identifier: ISC
// What the staff's part needs of the page.

import { camera, stage } from '../../app/canvas';
import { base } from '../../app/live';
import { focusCanvas } from '../../app/parts';
import { cellAt } from '../../core/view';
import { Staff } from '.';

export function open(): Staff {
  return new Staff({
    base,
    main: document.querySelector('main')!,
    cellAt: (point) => cellAt(camera.view, point),
    set: (slot, layer) => stage.set(slot, layer),
    focus: focusCanvas,
  });
}
