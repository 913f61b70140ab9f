// SPDX-License-Identifier: ISC
// The form of an action: what it would change, what it asks for, and the reason. It takes nothing of the
// canvas away, so that one can look around in the preview.

import { useComputed, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as state from '../../app/state';
import { colourName, t } from '../../texts';
import { FOR_GOOD, UNTIL, type Action, type Answers } from './action';
import type { Desk } from './desk';
import { KeyButton } from './key';

/** The server keeps no more bytes. */
const WHY_MAX = 199;
const WORDS_MAX = 63;
const NAME_MAX = 63;

export function ActionForm({ desk, action }: { desk: Desk; action: Action }) {
  const { staff } = t();
  const form = useRef<HTMLFormElement>(null);
  const stage = action.stage.value;
  // To where one writes; when it is over, back to where one was.
  useEffect(() => {
    const before = document.activeElement;
    form.current?.querySelector<HTMLElement>('input:not([type=checkbox]), select')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [action]);
  const off = stage === 'working';
  return (
    <form
      ref={form}
      class="action"
      aria-label={action.title}
      onSubmit={(event) => {
        event.preventDefault();
        void action.submit();
      }}
    >
      <h3>{action.title}</h3>
      <p class="says" role="status">{stage === 'looking' ? (desk.job.value?.words ?? staff.looking) : action.words}</p>
      {stage === 'looking' && <progress value={desk.job.value?.done} />}
      <label class="why">
        {staff.reason}
        <Text value={action.answers.why} max={WHY_MAX} name="why" required off={off} />
      </label>
      {action.asks.map((ask) => (
        <Question key={ask} ask={ask} action={action} off={off} />
      ))}
      {stage === 'working' && (
        <p class="progress" role="status">
          {desk.job.value?.words ?? staff.working}
          <progress value={desk.job.value?.done} />
        </p>
      )}
      <p class="trouble" role="alert">
        {action.trouble}
      </p>
      <div class="actions">
        {desk.preview.value && (
          <KeyButton keys="V" pressed={desk.veiled.value} onClick={() => (desk.veiled.value = !desk.veiled.value)}>
            {staff.compare}
          </KeyButton>
        )}
        {stage === 'failed' && (
          <KeyButton keys="" onClick={() => action.look()}>
            {staff.tryAgain}
          </KeyButton>
        )}
        {stage === 'working' ? (
          <KeyButton keys="Esc" onClick={() => void desk.stop()}>
            {staff.stop}
          </KeyButton>
        ) : (
          <KeyButton keys="Esc" onClick={() => desk.leaveAction()}>
            {staff.cancel}
          </KeyButton>
        )}
        <KeyButton keys="↵" type="submit" class="main" disabled={stage !== 'ready'} onClick={() => {}}>
          {action.verb}
        </KeyButton>
      </div>
    </form>
  );
}

function Question({ ask, action, off }: { ask: Action['asks'][number]; action: Action; off: boolean }) {
  const { staff } = t();
  const { answers } = action;
  switch (ask) {
    case 'period':
      return <Period answers={answers} off={off} />;
    case 'visitors':
      return (
        <label>
          {staff.visitors}
          <Text value={answers.visitors} max={WORDS_MAX} name="visitors" off={off} />
        </label>
      );
    case 'name':
      return (
        <label>
          {staff.name}
          <Text value={answers.name} max={NAME_MAX} name="name" required off={off} />
        </label>
      );
    case 'takeBack':
      return (
        <label>
          {staff.takeBack}
          <select
            name="takeBack"
            value={answers.takeBack.value}
            disabled={off}
            onChange={({ currentTarget }) => {
              answers.takeBack.value = currentTarget.value;
              action.look();
            }}
          >
            <option value="">{staff.takeBackNo}</option>
            {Object.entries(staff.periods).map(([value, words]) => (
              <option key={value} value={value}>
                {staff.takeBackOf(words)}
              </option>
            ))}
          </select>
        </label>
      );
    case 'slow':
      return (
        <label>
          {staff.slow}
          <Amount value={answers.slow} min={2} max={1_000} step={1} off={off} />
        </label>
      );
    case 'factor':
      return (
        <label>
          {staff.factor}
          <Amount value={answers.factor} min={0} max={1_000} step={0.01} off={off} />
        </label>
      );
    case 'closed':
      return (
        <label class="tick">
          <input
            type="checkbox"
            name="closed"
            checked={answers.closed.value}
            disabled={off}
            onChange={({ currentTarget }) => (answers.closed.value = currentTarget.checked)}
          />
          {staff.isClosed}
        </label>
      );
    case 'colours':
      return <Colours value={answers.colours} off={off} />;
  }
}

function Text(props: { value: Signal<string>; max: number; name: string; required?: boolean; off: boolean }) {
  const { value, max, name, required, off } = props;
  return (
    <input
      type="text"
      name={name}
      autocomplete="off"
      maxLength={max}
      required={required}
      readOnly={off}
      value={value.value}
      onInput={({ currentTarget }) => (value.value = currentTarget.value)}
    />
  );
}

function Amount(props: { value: Signal<string>; min: number; max: number; step: number; off: boolean }) {
  const { value, min, max, step, off } = props;
  return (
    <input
      type="number"
      {...{ min, max, step }}
      readOnly={off}
      value={value.value}
      onInput={({ currentTarget }) => (value.value = currentTarget.value)}
    />
  );
}

function Period({ answers, off }: { answers: Answers; off: boolean }) {
  const { staff } = t();
  const exact = useComputed(() => answers.period.value === UNTIL);
  return (
    <>
      <label>
        {staff.period}
        <select
          name="period"
          value={answers.period.value}
          disabled={off}
          onChange={({ currentTarget }) => (answers.period.value = currentTarget.value)}
        >
          {Object.entries(staff.forPeriods).map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
          <option value={UNTIL}>{staff.untilMoment}</option>
          <option value={FOR_GOOD}>{staff.forGood}</option>
        </select>
      </label>
      {exact.value && (
        <label>
          {staff.moment}
          <input
            type="datetime-local"
            name="moment"
            required
            readOnly={off}
            value={answers.moment.value}
            onInput={({ currentTarget }) => (answers.moment.value = currentTarget.value)}
          />
        </label>
      )}
    </>
  );
}

/** All of them ticked is as good as no rule. */
function Colours({ value, off }: { value: Signal<readonly number[] | null>; off: boolean }) {
  const palette = state.info.value?.palette ?? [];
  const all = palette.map((_, i) => i);
  const chosen = value.value ?? all;
  const tick = (colour: number, on: boolean) => {
    const now = all.filter((i) => (i === colour ? on : chosen.includes(i)));
    value.value = now.length === all.length ? null : now;
  };
  return (
    <fieldset class="colours">
      <legend>{t().staff.colours}</legend>
      {palette.map(({ name, rgb }, i) => (
        <label key={rgb} title={colourName(name)}>
          <input
            type="checkbox"
            aria-label={colourName(name)}
            checked={chosen.includes(i)}
            disabled={off}
            onChange={({ currentTarget }) => tick(i, currentTarget.checked)}
          />
          <Swatch rgb={rgb} />
        </label>
      ))}
    </fieldset>
  );
}

/** The page's policy knows no styles in its markup. */
function Swatch({ rgb }: { rgb: string }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (element.current) element.current.style.backgroundColor = rgb;
  }, [rgb]);
  return <span ref={element} class="chip" />;
}
