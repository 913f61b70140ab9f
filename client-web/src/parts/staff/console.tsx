// SPDX-License-Identifier: ISC
// The console: the token, then tabs, what is being done, and one line of what is going on. In a wide
// window the audit stands beside it.

import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Rect } from '../../core/edit';
import { t } from '../../texts';
import { Undo } from './actions';
import { Area, Pixel, type SeenPixel } from './area';
import { TABS, type Desk, type Tab } from './desk';
import { ActionForm } from './form';
import { KeyButton } from './key';
import { Audit, Bans, Regions, Reports } from './lists';
import { Suspects } from './suspects';

export interface ConsoleProps {
  /** Null: a token is needed. */
  readonly desk: Signal<Desk | null>;
  readonly trouble: Signal<string>;
  readonly who: Signal<string>;
  readonly pixel: Signal<SeenPixel | null>;
  readonly folded: Signal<boolean>;
  /** The window has room for the audit. */
  readonly wide: Signal<boolean>;
  enter(token: string): void;
  leave(): void;
  drag(): void;
  goTo(area: Rect): void;
}

export function Console(props: ConsoleProps) {
  const desk = props.desk.value;
  return (
    <>
      <aside id="staff" class="surface" aria-label={t().staff.title} data-folded={props.folded.value || undefined}>
        {desk ? <Open {...props} known={desk} /> : <Token {...props} />}
      </aside>
      {desk && props.wide.value && !props.folded.value && (
        <aside id="staff-audit" class="surface" aria-label={t().staff.tabs.audit}>
          <h2>{t().staff.tabs.audit}</h2>
          <Audit desk={desk} goTo={props.goTo} />
        </aside>
      )}
    </>
  );
}

function Token({ trouble, enter, leave }: ConsoleProps) {
  const { staff } = t();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        enter(input.current!.value.trim());
      }}
    >
      <h2>{staff.title}</h2>
      <label>
        {staff.tokenLabel}
        <input ref={input} type="password" name="token" autocomplete="off" required />
      </label>
      <p class="notice" role="status">
        {trouble}
      </p>
      <div class="actions">
        <button type="button" onClick={leave}>
          {staff.cancel}
        </button>
        <button type="submit" class="main">
          {staff.open}
        </button>
      </div>
    </form>
  );
}

function Open({ known: desk, who, folded, wide, pixel, leave, drag, goTo }: ConsoleProps & { known: Desk }) {
  const { staff } = t();
  const tabs = TABS.filter((tab) => tab !== 'audit' || !wide.value);
  const tab = tabs.includes(desk.tab.value) ? desk.tab.value : 'area';
  const action = desk.action.value;
  const outcome = desk.outcome.value;
  return (
    <>
      <header>
        <h2>{staff.title}</h2>
        <span class="quiet">{who}</span>
        <KeyButton keys="Y" pressed={folded.value} onClick={() => (folded.value = !folded.value)}>
          {folded.value ? staff.unfold : staff.fold}
        </KeyButton>
        <KeyButton keys="⇧Q" onClick={leave}>
          {staff.leave}
        </KeyButton>
      </header>
      {!folded.value && (
        <>
          <Tabs tabs={tabs} tab={tab} choose={(name) => (desk.tab.value = name)} />
          <div class="content" role="tabpanel" aria-label={staff.tabs[tab]}>
            {tab === 'area' && <Area desk={desk} drag={drag} />}
            {tab === 'pixel' && <Pixel desk={desk} pixel={pixel.value} />}
            {tab === 'suspects' && <Suspects desk={desk} goTo={goTo} />}
            {tab === 'reports' && <Reports desk={desk} goTo={goTo} />}
            {tab === 'bans' && <Bans desk={desk} goTo={goTo} />}
            {tab === 'regions' && <Regions desk={desk} goTo={goTo} />}
            {tab === 'audit' && <Audit desk={desk} goTo={goTo} />}
          </div>
        </>
      )}
      {action && <ActionForm desk={desk} action={action} />}
      {!action && desk.job.value && (
        <p class="progress" role="status">
          {desk.job.value.words}
          <progress value={desk.job.value.done} />
          <button type="button" onClick={() => void desk.stop()}>
            {staff.stop}
          </button>
        </p>
      )}
      {outcome && (
        <div class="outcome">
          <p role="status">{outcome.words}</p>
          {outcome.action !== null && (
            <KeyButton keys="Q" onClick={() => desk.begin(new Undo(desk, outcome.action!))}>
              {staff.undoThat}
            </KeyButton>
          )}
        </div>
      )}
      <p class="notice" role="status">
        {desk.notice}
      </p>
    </>
  );
}

interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly tab: Tab;
  choose(tab: Tab): void;
}

/** The arrows lead from tab to tab, as everywhere; comma and stop from anywhere. */
function Tabs({ tabs, tab, choose }: TabsProps) {
  const { staff } = t();
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    bar.current!.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  const step = (by: number) => {
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length]!;
    choose(next);
    return next;
  };
  return (
    <div
      ref={bar}
      class="tabs"
      role="tablist"
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!by) return;
        event.stopPropagation();
        const next = step(by);
        bar.current!.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
      }}
    >
      <button type="button" class="turn" tabIndex={-1} aria-hidden="true" data-key="," onClick={() => step(-1)}>
        <kbd>,</kbd>
      </button>
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          data-tab={name}
          aria-selected={name === tab}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => choose(name)}
        >
          {staff.tabs[name]}
        </button>
      ))}
      <button type="button" class="turn" tabIndex={-1} aria-hidden="true" data-key="." onClick={() => step(1)}>
        <kbd>.</kbd>
      </button>
    </div>
  );
}
