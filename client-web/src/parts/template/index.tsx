// SPDX-License-Identifier: ISC
// Templates: pictures over the canvas, to paint by. This part is loaded when somebody asks for one, a
// link names one, or this browser keeps some.

import '../../texts/entemplate';
import '../../ui/sheet.css';
import './template.css';
import { effect } from '@preact/signals';
import { h, render } from 'preact';
import { announce } from '../../app/announce';
import { embedded } from '../../app/embed';
import { Part } from '../../app/part';
import { hint } from '../../app/statusline';
import type { Given } from '../../app/template';
import { t } from '../../texts';
import { watchKeyboard } from '../../ui/keyboard';
import { Grip } from './grip';
import { addFile, addText, follow } from './adding';
import { begin } from './begin';
import { endMoving, openPanel, toggle } from './changing';
import { next } from './next';
import * as model from './model';
import { Panel } from './panel';
import { Peek } from './peek';

function Drop() {
  return model.dropping.value ? (
    <div id="template-drop">
      <p class="surface">{t().template.dropHere}</p>
    </div>
  ) : null;
}

const add = new Part(
  () => import('./add'),
  () => {
    model.adding.value = null;
    hint.say(t().page.notLoaded);
  },
);

/** The bar is part of the dock where that goes along the whole lower edge. */
const upright = matchMedia('(max-width: 860px) and (min-height: 481px)');

function mount(): void {
  if (embedded) return;
  watchKeyboard();
  const main = document.querySelector('main')!;
  const frame = document.createElement('div');
  document.getElementById('marks')!.after(frame);
  render(<Grip />, frame);
  const bar = Object.assign(document.createElement('div'), { id: 'template-bar' });
  const place = () => (upright.matches ? document.getElementById('template-here')! : main).append(bar);
  place();
  upright.addEventListener('change', place);
  render(<Peek />, bar);
  const rest = document.createElement('div');
  main.append(rest);
  render(
    <>
      <Panel />
      <Drop />
    </>,
    rest,
  );
  // Most who paint by a template have not made it.
  const dialog = document.createElement('div');
  main.append(dialog);
  effect(() => {
    if (model.adding.value !== null) add.use(({ Add }) => render(h(Add, {}), dialog));
  });
}

export class Templates {
  private readonly ready = begin();

  constructor() {
    mount();
  }

  /** Lays what the page's address names over the canvas. */
  follow(hash: string): void {
    void this.ready.then(() => follow(hash));
  }

  toggle(): void {
    void this.ready.then(toggle);
  }

  open(): void {
    void this.ready.then(openPanel);
  }

  next(): void {
    void this.ready.then(() => {
      model.visible.value = true;
      next();
    });
  }

  /** What somebody dropped or pasted. */
  take(given: Given): void {
    const taken = 'text' in given ? addText(given.text) : addFile(given.files[0]!);
    void taken.then((words) => {
      if (!words) return;
      hint.say(words);
      announce(words);
    });
  }

  /** Something is held over the page. */
  over(on: boolean): void {
    model.dropping.value = on;
  }

  /** Whether something was left by Escape. */
  leave(): boolean {
    if (model.movingId.peek()) endMoving();
    else if (model.panelOpen.peek() && model.visible.peek()) model.panelOpen.value = false;
    else return false;
    return true;
  }
}
