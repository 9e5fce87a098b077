/* The JS-SDK as a page inside the simulated WeChat meets it. */
(function () {
  'use strict';
  var own = document.currentScript && document.currentScript.src;
  var base = own ? own.replace(/\/res2?\.wx\.qq\.com\/.*$/, '') : '';
  var state = 'new';
  var failure = null;
  var readies = [];
  var errors = [];
  var allowed = [];
  var tags = [];
  var drawn = true; // whether this phone can draw open tags

  function ask(method, path, body, done, fail) {
    var request = new XMLHttpRequest();
    request.open(method, base + '/res.wx.qq.com' + path);
    request.withCredentials = true;
    request.onload = function () { done(JSON.parse(request.responseText)); };
    request.onerror = function () { fail({ errMsg: 'network:fail' }); };
    // A text body needs no preflight, whichever origin the page has.
    if (body) request.setRequestHeader('Content-Type', 'text/plain');
    request.send(body ? JSON.stringify(body) : null);
  }

  function call(options, name, result) {
    var good = /:ok$/.test(result.errMsg);
    setTimeout(function () {
      if (good && options.success) options.success(result);
      if (!good && options.fail) options.fail(result);
      if (options.complete) options.complete(result);
    }, 0);
  }

  function permitted(options, name) {
    if (state === 'ready' && allowed.indexOf(name) >= 0) return true;
    call(options, name, { errMsg: name + ':fail, the permission value is offline verifying' });
    return false;
  }

  function nothing(name) {
    return function (options) { call(options || {}, name, { errMsg: name + ':ok' }); };
  }

  var wx = {
    config: function (options) {
      allowed = options.jsApiList || [];
      tags = options.openTagList || [];
      state = 'asked';
      var facts = {
        appId: String(options.appId),
        timestamp: String(options.timestamp),
        nonceStr: String(options.nonceStr),
        signature: String(options.signature),
        url: location.href.split('#')[0]
      };
      ask('POST', '/check', facts, function (answer) {
        if (answer.errMsg === 'ok') {
          state = 'ready';
          drawn = answer.openTags !== false;
          readies.splice(0).forEach(function (one) { one(); });
        } else {
          state = 'failed';
          failure = answer;
          errors.forEach(function (one) { one(answer); });
        }
      }, function (answer) { errors.forEach(function (one) { one(answer); }); });
    },
    ready: function (callback) { if (state === 'ready') setTimeout(callback, 0); else readies.push(callback); },
    error: function (callback) { errors.push(callback); if (failure) callback(failure); },
    checkJsApi: function (options) {
      var result = {};
      (options.jsApiList || []).forEach(function (name) { result[name] = typeof wx[name] === 'function'; });
      call(options, 'checkJsApi', { checkResult: result, errMsg: 'checkJsApi:ok' });
    },
    getLocation: function (options) {
      options = options || {};
      if (!permitted(options, 'getLocation')) return;
      ask('GET', '/location?type=' + encodeURIComponent(options.type || 'wgs84'), null,
        function (answer) { call(options, 'getLocation', answer); },
        function (answer) { call(options, 'getLocation', answer); });
    }
  };
  ['closeWindow', 'hideMenuItems', 'showMenuItems', 'hideOptionMenu', 'showOptionMenu',
    'hideAllNonBaseMenuItem', 'openLocation', 'updateAppMessageShareData', 'updateTimelineShareData'
  ].forEach(function (name) { wx[name] = nothing(name); });
  // <wx-open-subscribe>: WeChat's popup is a question here, and what was chosen goes to the account. As the
  // real one it is drawn when the page asked for it, and for some interface beside it.
  if (window.customElements) {
    window.customElements.define('wx-open-subscribe', class extends HTMLElement {
      connectedCallback() {
        var own = this;
        wx.ready(function () {
          if (tags.indexOf('wx-open-subscribe') < 0 || !allowed.length) return;
          if (!drawn) {
            document.dispatchEvent(new CustomEvent('WeixinOpenTagsError', { detail: { errMsg: 'open tags: too old' } }));
            return;
          }
          own.draw();
        });
      }
      draw() {
        var own = this;
        var inside = own.querySelector('template:not([slot])');
        var style = own.querySelector('template[slot=style]');
        own.attachShadow({ mode: 'open' });
        if (style) own.shadowRoot.appendChild(style.content.cloneNode(true));
        if (inside) own.shadowRoot.appendChild(inside.content.cloneNode(true));
        own.addEventListener('click', function () { own.ask(); });
      }
      ask() {
        var own = this;
        function fire(name, detail) { own.dispatchEvent(new CustomEvent(name, { detail: detail })); }
        var template = String(own.getAttribute('template'));
        var accept = window.confirm('允许该公众号发送一次订阅通知?');
        ask('POST', '/subscribe', { template: template, accept: accept ? 'accept' : 'reject' },
          function (answer) { fire('success', answer); },
          function (answer) { fire('error', answer); });
      }
    });
  }
  window.wx = window.jWeixin = wx;
})();
