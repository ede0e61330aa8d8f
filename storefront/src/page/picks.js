// The list that was picked for who comes from a message: in every block of the page with data-shopbell-picks.

/** Kept while the tab lives, since the token is spent when the page is loaded anew. */
function keepPicks(picks) {
  try {
    sessionStorage.setItem('shopbell.picks', JSON.stringify(picks));
  } catch (error) {
    warn('storage', error);
  }
}

function keptPicks() {
  try {
    return JSON.parse(sessionStorage.getItem('shopbell.picks') || '[]');
  } catch (error) {
    return [];
  }
}

/** The value of data-shopbell-picks is how many the block takes; without one it takes them all. */
function showPicks(picks) {
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', showPicks.bind(null, picks));
    return;
  }
  var blocks = document.querySelectorAll('[data-shopbell-picks]');
  Array.prototype.forEach.call(blocks, function (block) {
    var most = Number(block.getAttribute('data-shopbell-picks')) || picks.length;
    block.textContent = '';
    picks.slice(0, most).forEach(function (product) {
      if (/^https?:/.test(product.url)) block.appendChild(pickOf(product));
    });
  });
}

function pickOf(product) {
  var link = document.createElement('a');
  link.href = product.url;
  link.className = 'shopbell-pick';
  if (/^https?:/.test(product.image_url)) {
    var image = document.createElement('img');
    image.src = product.image_url;
    image.alt = '';
    link.appendChild(image);
  }
  link.appendChild(line('span', product.title, '')).className = 'shopbell-pick-title';
  link.appendChild(line('span', priceOf(product), '')).className = 'shopbell-pick-price';
  return link;
}

function priceOf(product) {
  try {
    var format = new Intl.NumberFormat(navigator.language, { style: 'currency', currency: product.currency });
    var digits = format.resolvedOptions().maximumFractionDigits;
    return format.format(product.price / Math.pow(10, digits));
  } catch (error) {
    return '';
  }
}
