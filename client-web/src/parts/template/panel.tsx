// SPDX-License-Identifier: ISC
// The panel of templates: all of them in their order, and how the chosen one shows. Beside the picture
// on a desktop, over the lower half of it on a phone.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { focusCanvas } from '../../app/parts';
import { choose as chooseColour } from '../../app/placing';
import * as state from '../../app/state';
import { hint } from '../../app/statusline';
import { cleanTitle } from '../../core/template/link';
import { OPACITY_LEAST, STYLES, type Template } from '../../core/template/list';
import { leftOf } from '../../core/template/progress';
import { colourName, t } from '../../texts';
import { CLOSE, DOWN, FIT, Icon, LINK, PENCIL, PLUS, UP } from '../../ui/icons';
import { BIN, EYE, EYE_OFF, MOVE, NEXT } from './icons';
import { redo } from './adding';
import { choose, remove, rename, reorder, setOnly, setOpacity, setShown, setStyle, showAll } from './changing';
import { startMoving } from './moving';
import { next } from './next';
import { countsOf, madeOf } from './pictures';
import { linkFor } from './sharing';
import * as model from './model';
import { Ring } from './ring';
import { leftWords, number } from './words';

function IconButton({ d, name, click, ...more }: { d: string; name: string; click(): void; disabled?: boolean; pressed?: boolean }) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={name}
      title={name}
      aria-pressed={more.pressed}
      disabled={more.disabled}
      onClick={click}
    >
      <Icon d={d} />
    </button>
  );
}

function Row({ template, at }: { readonly template: Template; readonly at: number }) {
  const { id, shown } = template;
  const words = t().template;
  const counts = countsOf(id);
  const isChosen = model.chosenId.value === id;
  const last = model.list.value.length - 1;
  return (
    <li data-chosen={isChosen}>
      <IconButton d={shown ? EYE : EYE_OFF} name={words.show} pressed={shown} click={() => setShown(id, !shown)} />
      <button type="button" class="pick" aria-pressed={isChosen} onClick={() => choose(id)}>
        <Ring counts={counts} />
        <span class="words">
          <span class="title">{template.name || words.unnamed}</span>
          <span class="left">{leftWords(counts)}</span>
        </span>
      </button>
      {last > 0 && <IconButton d={UP} name={words.raise} disabled={at === last} click={() => reorder(id, 1)} />}
      {last > 0 && <IconButton d={DOWN} name={words.lower} disabled={at === 0} click={() => reorder(id, -1)} />}
    </li>
  );
}

/** Colours of which something is left, the most first. */
function Colours({ id }: { readonly id: string }) {
  const { palette } = state.info.value!;
  const made = madeOf(id);
  if (!made) return null;
  const rows = palette
    .map((colour, index) => ({ colour, index, left: made.colours[index] ? leftOf(countsOf(id, index)!) : 0 }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => b.left - a.left);
  if (rows.length === 0) return null;
  return (
    <div class="colours" role="group" aria-label={t().template.byColour}>
      {rows.map(({ colour, index, left }) => (
        <button
          key={index}
          type="button"
          aria-pressed={state.colour.value === index}
          aria-label={t().template.colourLeft(colourName(colour.name), number(left))}
          title={t().template.colourLeft(colourName(colour.name), number(left))}
          onClick={({ detail }) => {
            chooseColour(index);
            // Who came by pointer goes on there.
            if (detail > 0) focusCanvas();
          }}
        >
          <span class="chip" style={{ backgroundColor: colour.rgb }} />
          {number(left)}
        </button>
      ))}
    </div>
  );
}

async function copy(id: string): Promise<void> {
  const words = t().template;
  const link = await linkFor(id);
  if (!link) return hint.say(words.onlyHereLarge);
  try {
    await navigator.clipboard.writeText(link.href);
    hint.say(link.held ? words.linkCopiedHeld : words.linkCopied);
  } catch {
    history.replaceState(null, '', link.href);
    hint.say(t().view.linkInBar);
  }
}

function Details({ template }: { readonly template: Template }) {
  const { id, style, opacity, only, address } = template;
  const words = t().template;
  const counts = countsOf(id);
  const beside = counts
    ? [
        words.counts(number(counts.right), number(counts.wrong), number(counts.missing)),
        ...(counts.unknown > 0 ? [words.unseen(number(counts.unknown))] : []),
        ...(counts.beyond > 0 ? [words.beyond(number(counts.beyond))] : []),
      ].join(', ')
    : words.counting;
  return (
    <div class="details">
      <p class="counts">{beside}</p>
      {counts && <Colours id={id} />}
      <fieldset class="choices">
        <legend>{words.style}</legend>
        {STYLES.map((one) => (
          <label key={one}>
            <input type="radio" name="template-style" checked={style === one} onChange={() => setStyle(id, one)} />
            <span>{words.styles[one]}</span>
          </label>
        ))}
      </fieldset>
      <label class="line">
        <span>{words.opacity}</span>
        <input
          type="range"
          min={OPACITY_LEAST * 100}
          max="100"
          step="5"
          value={Math.round(opacity * 100)}
          onInput={({ currentTarget }) => setOpacity(id, Number(currentTarget.value) / 100)}
        />
      </label>
      <label class="line">
        <span>{words.only}</span>
        <input type="checkbox" role="switch" checked={only} onChange={() => setOnly(id, !only)} />
      </label>
      <div class="actions main">
        {!state.inPast.value && (
          <button type="button" class="strong" onClick={next}>
            <Icon d={NEXT} />
            {words.next}
          </button>
        )}
        <button type="button" onClick={() => startMoving(id)}>
          <Icon d={MOVE} />
          {words.move}
        </button>
        <button type="button" onClick={() => showAll(id)}>
          <Icon d={FIT} />
          {words.goTo}
        </button>
      </div>
      <label class="line">
        <span>{words.called}</span>
        <input
          type="text"
          value={template.name}
          maxLength={80}
          onChange={({ currentTarget }) => rename(id, cleanTitle(currentTarget.value))}
        />
      </label>
      <div class="actions">
        <button type="button" onClick={() => redo(id)}>
          <Icon d={PENCIL} />
          {words.redo}
        </button>
        <button type="button" onClick={() => void copy(id)}>
          <Icon d={LINK} />
          {address ? words.copyLink : words.copyHeld}
        </button>
        <button type="button" onClick={() => remove(id)}>
          <Icon d={BIN} />
          {words.remove}
        </button>
      </div>
      {!address && <p class="counts">{words.onlyHere}</p>}
    </div>
  );
}

function Open() {
  const root = useRef<HTMLElement>(null);
  const words = t().template;
  const template = model.chosen.value;
  // Only who came by keyboard is led in.
  const byKey = useSignal(document.activeElement?.matches(':focus-visible') === true);
  useEffect(() => {
    if (byKey.peek()) root.current?.querySelector<HTMLElement>('.pick[aria-pressed="true"]')?.focus();
  }, []);
  const close = () => {
    model.panelOpen.value = false;
    focusCanvas();
  };
  return (
    <section
      ref={root}
      id="template-panel"
      class="surface"
      aria-label={words.names}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        event.stopPropagation();
      }}
    >
      <div class="head">
        <h2>{words.names}</h2>
        <IconButton d={PLUS} name={words.add} click={() => (model.adding.value = 'source')} />
        <IconButton
          d={EYE_OFF}
          name={words.hideAll}
          click={() => {
            close();
            model.visible.value = false;
          }}
        />
        <IconButton d={CLOSE} name={words.close} click={close} />
      </div>
      <ul>
        {model.list.value
          .map((one, at) => <Row key={one.id} template={one} at={at} />)
          .reverse()}
      </ul>
      {template && <Details template={template} />}
    </section>
  );
}

export function Panel() {
  const open = model.panelOpen.value && model.visible.value && model.list.value.length > 0;
  return open ? <Open /> : null;
}
