// SPDX-License-Identifier: ISC
// The bar of the chosen template: what it is called, how far it is, and the next pixel; while it is
// moved, the arrows that move it.

import * as state from '../../app/state';
import { t } from '../../texts';
import { DOWN, Icon, LEFT, RIGHT, UP } from '../../ui/icons';
import { NEXT } from './icons';
import { endMoving, moveBy } from './changing';
import { chosen, list, movingId, panelOpen, visible } from './model';
import { next } from './next';
import { countsOf } from './pictures';
import { Ring } from './ring';
import { leftWords } from './words';

const ARROWS = [
  { d: LEFT, x: -1, y: 0, name: 'arrowLeft' },
  { d: UP, x: 0, y: -1, name: 'arrowUp' },
  { d: DOWN, x: 0, y: 1, name: 'arrowDown' },
  { d: RIGHT, x: 1, y: 0, name: 'arrowRight' },
] as const;

function Moving({ id }: { readonly id: string }) {
  const template = list.value.find((one) => one.id === id);
  if (!template) return null;
  return (
    <section id="template" class="surface" aria-label={t().template.name}>
      {ARROWS.map(({ d, x, y, name }) => (
        <button
          key={name}
          type="button"
          class="icon"
          aria-label={t().template[name]}
          title={t().template[name]}
          onClick={({ shiftKey }) => moveBy(id, shiftKey ? { x: x * 10, y: y * 10 } : { x, y })}
        >
          <Icon d={d} />
        </button>
      ))}
      <output class="where">{t().template.at(template.at.x, template.at.y)}</output>
      <button type="button" class="finish" onClick={endMoving}>
        {t().template.finish}
      </button>
    </section>
  );
}

export function Peek() {
  const template = chosen.value;
  if (movingId.value) return <Moving id={movingId.value} />;
  if (!template || !visible.value || panelOpen.value) return null;
  const counts = countsOf(template.id);
  const name = template.name || t().template.unnamed;
  return (
    <section id="template" class="surface" aria-label={t().template.name}>
      <button
        type="button"
        class="open"
        aria-expanded="false"
        title={t().template.details}
        onClick={() => (panelOpen.value = true)}
      >
        <Ring counts={counts} />
        <span class="words">
          <span class="title">{name}</span>
          <span class="left">{leftWords(counts)}</span>
        </span>
      </button>
      {!state.inPast.value && (
        <button type="button" class="next" aria-keyshortcuts="n" title={t().template.nextLong} onClick={next}>
          <Icon d={NEXT} />
          <span>{t().template.next}</span>
        </button>
      )}
    </section>
  );
}
