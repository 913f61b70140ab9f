// SPDX-License-Identifier: ISC
// What is loaded when somebody opens the menu, or asks for the keys or what this is.

import '../../texts/enparts';
import './menu.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { menuOpen } from '../../app/menu';
import { About } from './about';
import { KeysHelp } from './keys';
import { Menu } from './menu';
import { hangOwn } from './own';
import '../../texts/enparts';
import '../../texts/enpast';
import '../../texts/entemplate';

const sheet = signal<'keys' | 'about' | null>(null);

export const openMenu = (): void => {
  sheet.value = null;
  menuOpen.value = true;
};
export const openKeys = (): void => void (sheet.value = 'keys');
export const openAbout = (): void => void (sheet.value = 'about');

function Sheets() {
  const closed = () => (sheet.value = null);
  return (
    <>
      <Menu />
      {sheet.value === 'keys' && <KeysHelp closed={closed} />}
      {sheet.value === 'about' && <About closed={closed} />}
    </>
  );
}

hangOwn();
const host = document.createElement('div');
document.body.append(host);
render(<Sheets />, host);
