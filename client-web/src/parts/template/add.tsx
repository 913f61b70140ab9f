// SPDX-License-Identifier: ISC
// The dialog that makes a template: where its picture comes from, and then how it is to be, shown
// before it is accepted.

import './add.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as state from '../../app/state';
import { cleanTitle } from '../../core/template/link';
import type { Made } from '../../core/template/make';
import { SIDE_MOST } from '../../core/template/cells';
import { t } from '../../texts';
import { Sheet } from '../../ui/sheet';
import { Face } from '../../layers/face';
import { accept, addFile, addText } from './adding';
import { tryOut } from './pictures';
import * as model from './model';
import { number } from './words';

const closed = () => (model.adding.value = null);

function Source() {
  const words = t().template;
  const says = useSignal('');
  const busy = useSignal(false);
  const file = useRef<HTMLInputElement>(null);
  const take = async (made: Promise<string | null>) => {
    busy.value = true;
    says.value = words.loading;
    says.value = (await made) ?? '';
    busy.value = false;
  };
  const paste = async (): Promise<string | null> => {
    let items: ClipboardItems;
    try {
      items = await navigator.clipboard.read();
    } catch {
      return words.noPasting;
    }
    for (const item of items) {
      const type = item.types.find((one) => one.startsWith('image/'));
      if (type) return addFile(await item.getType(type));
    }
    const text = items.find((item) => item.types.includes('text/plain'));
    return text ? addText(await (await text.getType('text/plain')).text()) : words.nothingToPaste;
  };
  return (
    <Sheet id="template-add" label={words.add} titled={true} closed={closed}>
      <form
        class="template-source"
        onSubmit={(event) => {
          event.preventDefault();
          const text = new FormData(event.currentTarget).get('address');
          void take(addText(String(text)));
        }}
      >
        <div class="actions main">
          <button type="button" class="strong" data-first onClick={() => file.current!.click()}>
            {words.file}
          </button>
          {'clipboard' in navigator && 'read' in navigator.clipboard && (
            <button type="button" onClick={() => void take(paste())}>
              {words.paste}
            </button>
          )}
        </div>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          aria-label={words.file}
          onChange={({ currentTarget }) => {
            const [first] = currentTarget.files ?? [];
            if (first) void take(addFile(first));
            currentTarget.value = '';
          }}
        />
        <p class="quiet wide drop">{words.drop}</p>
        <label for="template-address">{words.address}</label>
        <div class="actions main">
          <input id="template-address" name="address" type="text" inputMode="url" autocomplete="off" spellcheck={false} required />
          <button type="submit" disabled={busy.value}>
            {words.open}
          </button>
        </div>
        <p role="alert" class="says">
          {says.value}
        </p>
      </form>
    </Sheet>
  );
}

function Preview({ made }: { readonly made: Made | null }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!made) return;
    const face = new Face(made.cells, state.info.peek()!.palette.map(({ rgb }) => rgb));
    const source = face.whole();
    source.setAttribute('role', 'img');
    source.setAttribute('aria-label', t().template.preview);
    root.current!.replaceChildren(source);
  }, [made]);
  return <div ref={root} class="preview" aria-busy={made === null} />;
}

/** While one types, only where one rests is made. */
const REST_MS = 250;

function Choose({ draft }: { readonly draft: model.Draft }) {
  const words = t().template;
  const made = useSignal<Made | null>(null);
  const says = useSignal('');
  const width = useSignal<number | null>(draft.link.width);
  const dithered = useSignal(draft.link.dithered);
  const name = useSignal(draft.link.title);
  useEffect(() => {
    let now = true;
    const timer = setTimeout(
      async () => {
        const result = await tryOut(draft.bytes, width.value, dithered.value);
        if (!now) return;
        says.value = typeof result === 'string' ? result : '';
        made.value = typeof result === 'string' ? null : result;
      },
      made.peek() ? REST_MS : 0,
    );
    return () => {
      now = false;
      clearTimeout(timer);
    };
  }, [width.value, dithered.value]);
  const submit = useRef<HTMLButtonElement>(null);
  const ready = made.value !== null;
  // Enter accepts what is shown, unless one is already at something else.
  useEffect(() => {
    if (ready && document.activeElement?.matches('dialog')) submit.current!.focus();
  }, [ready]);
  const { cells, natural, exact } = made.value ?? {};
  const times = cells && natural ? natural.width / cells.width : 1;
  return (
    <Sheet id="template-add" label={draft.id ? words.redo : words.add} titled={true} closed={closed}>
      <form
        class="template-draft"
        onSubmit={(event) => {
          event.preventDefault();
          if (made.value) void accept(draft, made.value, dithered.value, cleanTitle(name.value));
        }}
      >
        <Preview made={made.value} />
        <div class="facts">
          <p class="quiet wide">
            {cells && words.size(number(cells.width), number(cells.height))}
            {times > 1 && Number.isInteger(times) && <br />}
            {times > 1 && Number.isInteger(times) && words.enlarged(number(times))}
          </p>
          <fieldset class="choices">
            <legend>{words.colours}</legend>
            {[false, true].map((one) => (
              <label key={String(one)}>
                <input
                  type="radio"
                  name="template-colours"
                  checked={dithered.value === one}
                  disabled={one && exact}
                  onChange={() => (dithered.value = one)}
                />
                <span>{one ? words.dithered : words.nearest}</span>
              </label>
            ))}
          </fieldset>
          {exact && <p class="quiet wide">{words.exact}</p>}
          <label class="line">
            <span>{words.width}</span>
            <input
              type="number"
              min="1"
              max={SIDE_MOST}
              step="1"
              required
              value={width.value ?? cells?.width ?? ''}
              onInput={({ currentTarget }) => {
                const wanted = currentTarget.valueAsNumber;
                if (Number.isInteger(wanted) && wanted > 0 && wanted <= SIDE_MOST) width.value = wanted;
              }}
            />
          </label>
          <label class="line">
            <span>{words.called}</span>
            <input type="text" maxLength={80} value={name.value} onInput={({ currentTarget }) => (name.value = currentTarget.value)} />
          </label>
        </div>
        <p role="alert" class="says">
          {says.value}
        </p>
        <div class="actions main">
          <button ref={submit} type="submit" class="strong" disabled={!ready}>
            {draft.id ? words.apply : words.accept}
          </button>
          <button type="button" onClick={closed}>
            {words.cancel}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

export function Add() {
  const what = model.adding.value;
  if (what === null) return null;
  return what === 'source' ? <Source /> : <Choose key={`${what.id}`} draft={what} />;
}
