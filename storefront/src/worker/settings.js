// What the shop's own two lines said, and what this worker has done since it was started.

var settings = self.SHOPBELL || {};
var REMEMBERED = 50;
var RETRY_AFTER = 2000;

// The lasting memory is in IndexedDB.
var showing = {};
var finished = {};
