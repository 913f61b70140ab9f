// SPDX-License-Identifier: ISC
// That the browser is too old for the page, and what to do, in the languages other than English; support.js
// loads it then. Written for old browsers.
(function () {
  'use strict';
  var words = {
    de:
      'Dieser Browser ist zu alt für diese Seite. Aktualisiere ihn oder nimm einen anderen: ' +
      'Chrome oder Edge ab 103, Firefox ab 113, Safari ab 16.4.',
    fr:
      'Ce navigateur est trop ancien pour cette page. Mettez-le à jour ou utilisez-en un autre : ' +
      'Chrome ou Edge à partir de 103, Firefox à partir de 113, Safari à partir de 16.4.',
    es:
      'Este navegador es demasiado antiguo para esta página. Actualízalo o usa otro: ' +
      'Chrome o Edge desde la versión 103, Firefox desde la 113, Safari desde la 16.4.',
    pt:
      'Este navegador é antigo demais para esta página. Atualize-o ou use outro: ' +
      'Chrome ou Edge a partir da versão 103, Firefox a partir da 113, Safari a partir da 16.4.',
    pl:
      'Ta przeglądarka jest za stara dla tej strony. Zaktualizuj ją albo użyj innej: ' +
      'Chrome lub Edge od wersji 103, Firefox od 113, Safari od 16.4.',
    tr:
      'Bu tarayıcı bu sayfa için çok eski. Güncelleyin ya da başka birini kullanın: ' +
      'en az Chrome veya Edge 103, Firefox 113, Safari 16.4.',
    ja:
      'このブラウザは古いため、このページを表示できません。更新するか、別のブラウザをお使いください：' +
      'Chrome・Edge 103以降、Firefox 113以降、Safari 16.4以降。',
  };
  document.getElementById('banner-text').textContent = words[document.documentElement.lang];
})();
