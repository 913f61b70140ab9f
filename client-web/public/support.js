// SPDX-License-Identifier: ISC
// What comes before the page's own script: the theme that somebody chose, whether the page is shown in
// another one, and for users of a browser that is too old what to do. Written for old browsers.
(function () {
  'use strict';
  try {
    var theme = localStorage.getItem('placed.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  } catch (_) {
    // Nothing may be stored here: it is as the system has it.
  }
  if (/[?&]embed(=|&|$)/.test(location.search)) document.documentElement.setAttribute('data-embed', '');
  var fits =
    typeof DecompressionStream === 'function' &&
    typeof AbortSignal === 'function' &&
    typeof AbortSignal.timeout === 'function' &&
    typeof Array.prototype.at === 'function' &&
    typeof createImageBitmap === 'function';
  if (fits) return;
  document.documentElement.setAttribute('data-unsupported', '');
  document.getElementById('banner-text').textContent =
    'This browser is too old for this page. Please update it, or use another one: ' +
    'Chrome or Edge from 103, Firefox from 113, Safari from 16.4.';
  document.getElementById('try-now').hidden = true;
  document.getElementById('people').textContent = '';
  document.getElementById('banner').hidden = false;
})();
