// SPDX-License-Identifier: ISC
// The card of one pixel: what it is, who made it so, what was there before, the link to it, and reporting
// it. All names are text.

import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { info } from '../../app/state';
import type { Cell } from '../../core/edit';
import type { Colour } from '../../core/info';
import type { Change } from '../../core/pixel';
import { countdown } from '../../texts/countdown';
import { agoWords } from '../../texts/time';
import type { Reason, Reported } from '../../net/pixel';
import { colourName, locale, t } from '../../texts';
import { SHEET } from './place';

/** What there is to show. */
export interface Shown {
  readonly cell: Cell;
  readonly colour: Colour | null;
  /** Newest first. */
  readonly changes: readonly Change[] | 'asked' | 'not known';
  /** What became of a report. */
  readonly answer: Reported | 'sending' | null;
  /** The moment that is shown; null: the present. */
  readonly version: number | null;
  /** What holds here, in words. */
  readonly rules: readonly string[];
}

export interface CardProps {
  readonly shown: Signal<Shown | null>;
  colourOf(colour: number): Colour | null;
  copy(): void;
  report(reason: Reason): void;
  rewind(version: number): void;
  close(): void;
  /** It has another size than before. */
  resized(): void;
}

const REASONS: readonly Reason[] = ['hate', 'sexual', 'spam', 'personal', 'other'];
/** A sheet that was drawn down so far closes. */
const AWAY_PX = 72;

export function Card({ shown, colourOf, copy, report, rewind, close, resized }: CardProps) {
  const { who } = t();
  const now = shown.value;
  const root = useRef<HTMLElement>(null);
  const reporting = useSignal(false);
  const place = now && `${now.cell.x}, ${now.cell.y}`;
  useEffect(() => {
    reporting.value = false;
  }, [place]);
  useLayoutEffect(resized);
  if (!now) return null;
  const { changes, version, colour, rules, answer } = now;
  const known = Array.isArray(changes) ? (changes as readonly Change[]) : [];
  // At a moment of the past, the newest change that had been made by then.
  const at = version === null ? 0 : known.findIndex((change) => change.version <= version);
  return (
    <section id="card" class="surface" role="dialog" aria-label={who.title} ref={root}>
      <header onPointerDown={(event) => drawDown(event, root.current!, close)}>
        <Chip colour={colour} />
        <h2>{place}</h2>
        <button type="button" class="close" aria-label={who.close} title={who.closeKey} onClick={close}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M5 5l10 10M15 5L5 15" />
          </svg>
        </button>
      </header>
      <p class="line">{lineOf(now, known, at, colourOf)}</p>
      {rules.map((words) => (
        <p key={words} class="rule">
          {words}
        </p>
      ))}
      {known.length > 1 && (
        <ol aria-label={who.changes}>
          {known.map((change, i) => (
            <li key={change.version} aria-current={i === at ? 'true' : undefined}>
              <button type="button" title={who.seeMoment} onClick={() => rewind(change.version)}>
                <Chip colour={colourOf(change.colour)} />
                <span class="who">{change.name || who.somebody}</span>
                <span class="when">{whenOf(change)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
      <div class="actions">
        <button type="button" onClick={copy}>
          {who.copyLink}
        </button>
        {version === null && info.value?.identity.report && (
          <button type="button" aria-expanded={reporting.value} onClick={() => (reporting.value = !reporting.value)}>
            {who.report}
          </button>
        )}
      </div>
      {reporting.value && version === null && (
        <div class="reasons" role="group" aria-label={who.whatIsWrong}>
          {REASONS.map((reason) => (
            <button
              key={reason}
              type="button"
              onClick={() => {
                reporting.value = false;
                report(reason);
              }}
            >
              {who.reasons[reason]}
            </button>
          ))}
        </div>
      )}
      <p class="answer" role="status">
        {answer && answerWords(answer)}
      </p>
    </section>
  );
}

/** The colour is set by script: the page's policy knows no styles in its markup. */
function Chip({ colour }: { colour: Colour | null }) {
  const chip = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    chip.current!.style.backgroundColor = colour?.rgb ?? '';
  }, [colour]);
  return <span ref={chip} class="chip" title={colour ? colourName(colour.name) : undefined} />;
}

const nameOf = (colour: Colour | null): string => (colour ? colourName(colour.name) : t().who.aColour);
const whenOf = ({ time }: Change): string => (time === null ? '' : agoWords(time, Date.now(), locale()));

function lineOf(
  { changes, version, colour }: Shown,
  known: readonly Change[],
  at: number,
  colourOf: CardProps['colourOf'],
): string {
  const { who } = t();
  if (changes === 'asked') return who.asking;
  if (changes === 'not known') return who.notKnown;
  const last = known[at];
  // The five that are known are all later than the moment that is shown.
  if (!last && version !== null && known.length > 0) return who.then(nameOf(colour));
  if (!last) return who.nobody;
  return [who.by(nameOf(colourOf(last.colour)), last.name || who.somebody), whenOf(last)].filter(Boolean).join(', ');
}

function answerWords(answer: Reported | 'sending'): string {
  const { who } = t();
  if (answer === 'sending') return who.sending;
  if (answer.kind === 'taken') return who.thanks(answer.count, answer.count.toLocaleString(locale()));
  return answer.kind === 'later' ? who.reportLater(countdown(answer.ms)) : who.reportFailed;
}

/** On a phone the sheet follows the finger down, and is gone when it was drawn far enough. */
function drawDown(event: PointerEvent, sheet: HTMLElement, close: () => void): void {
  const { target, pointerId, clientY: from } = event;
  const handle = event.currentTarget as HTMLElement;
  if (!matchMedia(SHEET).matches || (target as Element).closest('button')) return;
  const control = new AbortController();
  const { signal } = control;
  let down = 0;
  if (event.isTrusted) handle.setPointerCapture(pointerId);
  handle.addEventListener(
    'pointermove',
    ({ clientY }) => {
      down = Math.max(0, clientY - from);
      sheet.style.transform = `translateY(${down}px)`;
    },
    { signal },
  );
  const end = () => {
    control.abort();
    sheet.style.transform = '';
    if (down > AWAY_PX) close();
  };
  handle.addEventListener('pointerup', end, { signal });
  handle.addEventListener(
    'pointercancel',
    () => {
      down = 0;
      end();
    },
    { signal },
  );
}
