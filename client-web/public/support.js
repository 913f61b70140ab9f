// SPDX-License-Identifier: ISC
// What comes before the page's own script: the theme that somebody chose, whether the page is shown in
// another one, the first words in the reader's language, and for users of a browser that is too old what
// to do. Written for old browsers. tests/support.test.ts holds the words against those of src/texts.
(function () {
  'use strict';
  var root = document.documentElement;
  var chosen = null;
  try {
    var theme = localStorage.getItem('placed.theme');
    if (theme === 'light' || theme === 'dark') root.setAttribute('data-theme', theme);
    chosen = localStorage.getItem('placed.language');
  } catch (_) {
    // Nothing may be stored here: it is as the system and the browser have it.
  }
  if (/[?&]embed(=|&|$)/.test(location.search)) root.setAttribute('data-embed', '');

  var words = {
    en: ['Connecting', 'Loading the picture'],
    de: ['Verbindet', 'Das Bild lädt'],
    fr: ['Connexion', 'Chargement de l’image'],
    es: ['Conectando', 'Cargando la imagen'],
    pt: ['Conectando', 'Carregando a imagem'],
    pl: ['Łączenie', 'Wczytywanie obrazu'],
    tr: ['Bağlanıyor', 'Resim yükleniyor'],
    ja: ['接続中', '画像を読み込んでいます'],
  };
  var wanted = [chosen || ''].concat(navigator.languages || navigator.language || '');
  var language = 'en';
  for (var i = 0; i < wanted.length; i++) {
    var name = String(wanted[i]).toLowerCase().split('-')[0];
    if (Object.prototype.hasOwnProperty.call(words, name)) {
      language = name;
      break;
    }
  }
  root.lang = language;
  document.getElementById('people').textContent = words[language][0];
  document.querySelector('#wait [role=progressbar]').setAttribute('aria-label', words[language][1]);

  var fits =
    typeof DecompressionStream === 'function' &&
    typeof AbortSignal === 'function' &&
    typeof AbortSignal.timeout === 'function' &&
    typeof Array.prototype.at === 'function' &&
    typeof createImageBitmap === 'function';
  if (fits) return;
  root.setAttribute('data-unsupported', '');
  document.getElementById('banner-text').textContent =
    'This browser is too old for this page. Please update it, or use another one: ' +
    'Chrome or Edge from 103, Firefox from 113, Safari from 16.4.';
  document.getElementById('try-now').hidden = true;
  document.getElementById('people').textContent = '';
  document.getElementById('banner').hidden = false;
  if (language === 'en') return;
  // The same in the reader's language: few need it, so that it is a file of its own.
  var more = document.createElement('script');
  more.src = './tooold.js';
  document.head.appendChild(more);
})();
