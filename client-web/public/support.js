// SPDX-License-Identifier: ISC
// Shows users of a browser that is too old for the page what to do. Written for old browsers.
(function () {
  'use strict';
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
