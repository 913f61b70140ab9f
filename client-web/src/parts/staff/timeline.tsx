// SPDX-License-Identifier: ISC
// When how much was painted in the area, as bars, and the part of that time that is meant: dragged over
// the bars, or by the two thumbs.

import { useEffect, useRef } from 'preact/hooks';
import type { Span } from '../../core/activity';
import { t } from '../../texts';
import type { Busy } from './busy';
import type { Desk } from './desk';
import { edits, moment } from './numbers';

const STEPS = 200;

export function Timeline({ desk }: { desk: Desk }) {
  const { staff } = t();
  const busy = desk.busy.value;
  if (!busy) return null;
  if (busy.trouble === 'no history') return <p class="quiet">{staff.activityLater}</p>;
  const { span: whole } = busy;
  const chosen = desk.span.value ?? whole;
  const share = (time: number) => (time - whole.from) / (whole.to - whole.from);
  const timeAt = (part: number) => whole.from + part * (whole.to - whole.from);
  const choose = (from: number, to: number) => {
    const span = { from: timeAt(Math.min(from, to)), to: timeAt(Math.max(from, to)) };
    desk.chooseSpan(from <= 0 && to >= 1 ? null : span);
  };
  const within = edits(sumOf(busy, chosen));
  const now = Date.now();
  const words = staff.spanOf(moment(chosen.from, now), moment(chosen.to, now));
  return (
    <div class="timeline" role="group" aria-label={staff.busy}>
      <Bars busy={busy} chosen={chosen} choose={choose} />
      {(['from', 'to'] as const).map((end) => (
        <input
          key={end}
          type="range"
          class={end}
          min={0}
          max={STEPS}
          step={1}
          aria-label={end === 'from' ? staff.spanFrom : staff.spanTo}
          aria-valuetext={moment(chosen[end], now)}
          value={Math.round(STEPS * share(chosen[end]))}
          onInput={({ currentTarget }) => {
            const part = currentTarget.valueAsNumber / STEPS;
            if (end === 'from') choose(Math.min(part, share(chosen.to)), share(chosen.to));
            else choose(share(chosen.from), Math.max(part, share(chosen.from)));
          }}
        />
      ))}
      <p class="quiet">
        {words} · {within}
        {busy.trouble === 'only a part' && ` · ${staff.activityPart}`}
      </p>
      {desk.span.value && (
        <button type="button" onClick={() => desk.chooseSpan(null)}>
          {staff.spanAll}
        </button>
      )}
    </div>
  );
}

interface BarsProps {
  readonly busy: Busy;
  readonly chosen: Span;
  choose(from: number, to: number): void;
}

function Bars({ busy, chosen, choose }: BarsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const from = useRef<number | null>(null);
  useEffect(() => {
    if (canvas.current) drawBars(canvas.current, busy, chosen);
  });
  const partAt = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  return (
    <canvas
      ref={canvas}
      aria-hidden="true"
      onPointerDown={(event) => {
        from.current = partAt(event);
        if (event.isTrusted) canvas.current!.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (from.current !== null) choose(Math.min(from.current, partAt(event)), Math.max(from.current, partAt(event)));
      }}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
    />
  );
}

/** The chosen part is full, the rest faint. */
function drawBars(canvas: HTMLCanvasElement, { counts, span }: Busy, chosen: Span): void {
  const { width, height } = canvas.getBoundingClientRect();
  const dpr = window.devicePixelRatio;
  canvas.width = Math.max(1, Math.round(width * dpr));
  canvas.height = Math.max(1, Math.round(height * dpr));
  const g = canvas.getContext('2d')!;
  g.scale(dpr, dpr);
  g.fillStyle = getComputedStyle(canvas).color;
  const most = Math.max(1, ...counts);
  const part = (span.to - span.from) / counts.length;
  counts.forEach((n, i) => {
    const time = span.from + (i + 0.5) * part;
    g.globalAlpha = time >= chosen.from && time <= chosen.to ? 0.85 : 0.3;
    // The root: a single edit is to be seen beside the busiest moment.
    const high = n > 0 ? 2 + Math.sqrt(n / most) * (height - 2) : 1;
    g.fillRect((i * width) / counts.length, height - high, width / counts.length - 0.5, high);
  });
}

function sumOf({ counts, span }: Busy, chosen: Span): number {
  const part = (span.to - span.from) / counts.length;
  return counts.reduce((sum, n, i) => {
    const time = span.from + (i + 0.5) * part;
    return time >= chosen.from && time <= chosen.to ? sum + n : sum;
  }, 0);
}
