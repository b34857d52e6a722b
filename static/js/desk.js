// The desk in motion. Everything here presses buttons that work without it, too.
import "./desk-cards.js";
import "./desk-keys.js";
import "./desk-claims.js";
import "./desk-selection.js";
import "./desk-news.js";
import "./desk-zen.js";
