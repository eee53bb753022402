/*
 * When the app cannot start, says so in place of an empty page: the browser is too old, or forbids what it needs.
 * Written for any browser, and in both languages, since nothing else has been loaded.
 */
;(function () {
  'use strict'
  var browsers = 'Chrome 111, Edge 111, Firefox 128, Safari 16.4, Samsung Internet 22'
  var texts = [
    [
      'en',
      'bahi could not start',
      'Update your browser, allow site data, and reload. It works from ' + browsers + ' on.',
    ],
    [
      'hi',
      'bahi शुरू नहीं हो सका',
      'ब्राउज़र अपडेट करें, साइट डेटा की अनुमति दें और फिर से लोड करें। यह ' + browsers + ' या उससे नए पर चलता है।',
    ],
  ]

  function add(parent, name, text) {
    var element = document.createElement(name)
    element.appendChild(document.createTextNode(text))
    parent.appendChild(element)
    return element
  }

  function say(event) {
    // A picture or a font that is missing stops nothing.
    if (event.target && event.target.tagName && event.target.tagName !== 'SCRIPT') return
    var opening = document.getElementById('opening')
    // The app has begun to show something of its own, which says what went wrong.
    if (!opening || !opening.parentNode) return
    var page = document.createElement('div')
    page.id = 'start-failed'
    page.setAttribute('role', 'alert')
    for (var i = 0; i < texts.length; i++) {
      var section = document.createElement('section')
      section.lang = texts[i][0]
      add(section, 'h1', texts[i][1])
      add(section, 'p', texts[i][2])
      page.appendChild(section)
    }
    opening.parentNode.replaceChild(page, opening)
  }

  // Of scripts that could not be read or loaded as well: those do not bubble.
  window.addEventListener('error', say, true)
  window.addEventListener('unhandledrejection', say)
})()
