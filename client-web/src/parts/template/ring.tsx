// SPDX-License-Identifier: ISC
// How far a template is painted, as a ring: what is right is solid, what is wrong is dotted, and
// what is missing is only a line. The numbers stand beside it.

import type { Counts } from '../../core/template/progress';

const RADIUS = 12;
const AROUND = 2 * Math.PI * RADIUS;
/** As much as there is anything of is to be seen. */
const LEAST = 0.02;

const share = (part: number, all: number): number =>
  part === 0 || all === 0 ? 0 : part === all ? 1 : Math.min(1 - LEAST, Math.max(LEAST, part / all));

export function Ring({ counts }: { readonly counts: Counts | null }) {
  const all = counts ? counts.right + counts.wrong + counts.missing + counts.unknown : 0;
  const right = counts ? share(counts.right, all) : 0;
  const wrong = counts ? Math.min(1 - right, share(counts.wrong, all)) : 0;
  const dots = Math.floor((wrong * AROUND) / 4);
  return (
    <svg class="ring" viewBox="0 0 32 32" aria-hidden="true">
      <circle class="missing" cx="16" cy="16" r={RADIUS} />
      {right > 0 && (
        <circle class="right" cx="16" cy="16" r={RADIUS} stroke-dasharray={`${right * AROUND} ${AROUND}`} />
      )}
      {wrong > 0 && (
        <circle
          class="wrong"
          cx="16"
          cy="16"
          r={RADIUS}
          stroke-dasharray={`${'2 2 '.repeat(Math.max(1, dots))}0 ${AROUND}`}
          stroke-dashoffset={-right * AROUND}
        />
      )}
    </svg>
  );
}
