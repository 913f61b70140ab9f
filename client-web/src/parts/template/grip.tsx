// SPDX-License-Identifier: ISC
// The frame around a template that is moved. Drags are told by the page's gestures (app/template.ts);
// the frame has the keys.

import { useEffect, useRef } from 'preact/hooks';
import { focusCanvas } from '../../app/parts';
import * as state from '../../app/state';
import { grip } from '../../app/template';
import { t } from '../../texts';
import { endMoving, moveBy } from './changing';
import { movingId } from './model';

const FAR = 10;
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function Grip() {
  const root = useRef<HTMLDivElement>(null);
  const id = movingId.value;
  const area = grip.value;
  const there = id !== null && area !== null;
  useEffect(() => {
    if (there) root.current?.focus({ preventScroll: true });
  }, [there]);
  if (!there) return null;
  const { k, x, y } = state.view.value;
  return (
    <div
      ref={root}
      id="template-grip"
      tabIndex={0}
      role="application"
      aria-label={t().template.moving}
      style={{
        width: `${(area.x1 - area.x0) * k}px`,
        height: `${(area.y1 - area.y0) * k}px`,
        transform: `translate(${x + area.x0 * k}px, ${y + area.y0 * k}px)`,
      }}
      onKeyDown={(event) => {
        const arrow = ARROWS[event.key];
        const step = event.shiftKey ? FAR : 1;
        if (arrow) moveBy(id, { x: arrow[0] * step, y: arrow[1] * step });
        else if (event.key === 'Enter' || event.key === 'Escape') {
          endMoving();
          focusCanvas();
        } else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
