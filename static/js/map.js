// Maps: every [data-map] element becomes a Leaflet map. Without JavaScript its own sentence stands.
//
// data-points       id of a JSON script: [{lat, lon, label, url, n, approximate}]. With n: a numbered
//                   pin that links to url. With a url alone: a dot that opens to a link, for pointers
//                   only; the list beside the map has the same link. Without url: the page's own place.
// data-wards        address of the outlines (GeoJSON; properties name, lat, lon)
// data-tiles, data-attribution   the tiles, where the site has any
// data-centre       "latitude,longitude": in view with the points, or alone where there are none
// data-search-area  offers "Search this area" once the reader has moved the map: sets near and within
//                   of the form data-form, by the sectors at data-sectors, and submits it
// data-form, data-sectors

const LEEDS = [53.8, -1.55];
const MILE = 1609.344;
const AREA_METRES = 1000; // about a postcode sector: what is known of a place that is not exact
const WITHIN = [1, 2, 5, 10]; // the distances that the search offers, in miles
const PIN = { width: 30, height: 34 };
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let maps = [];

function start() {
  if (!window.L) return;
  maps = maps.filter((map) => map.getContainer().isConnected || !map.remove());
  for (const element of document.querySelectorAll("[data-map]:not(.leaflet-container)")) {
    maps.push(draw(element));
  }
}

function draw(element) {
  const { tiles, attribution, centre, wards, points: id } = element.dataset;
  const points = id ? JSON.parse(document.getElementById(id).textContent) : [];
  element.replaceChildren();
  const map = L.map(element, {
    zoomAnimation: !calm, fadeAnimation: !calm, inertia: !calm,
    scrollWheelZoom: false, // a reader who scrolls past the map wants the page to move
    maxZoom: 17, minZoom: 8,
  });
  map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
  map.attributionControl.setPrefix(false);

  const view = L.latLngBounds([]);
  if (centre) view.extend(centre.split(",").map(Number));
  for (const point of points) view.extend(spot(point));
  // Without tiles a close view would be an empty sheet, so the wards around stay in it.
  if (view.isValid()) map.fitBounds(view, { padding: [40, 40], maxZoom: tiles ? 15 : 12, animate: false });
  else map.setView(LEEDS, 11);

  if (tiles) L.tileLayer(tiles, { attribution, maxZoom: 19 }).addTo(map);
  if (wards) outlines(map, wards, !tiles);
  place(map, points);
  if ("searchArea" in element.dataset) offerSearch(map, element);
  return map;
}

const spot = (point) => L.latLng(point.lat, point.lon);

// -- Wards ------------------------------------------------------------------------------------
async function outlines(map, url, named) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok || !map.getContainer().isConnected) return;
  const found = await response.json();
  L.geoJSON(found, { interactive: false, style: { className: "ward" } }).addTo(map).bringToBack();
  if (!named) return;
  for (const { properties } of found.features) {
    const text = document.createElement("span");
    text.textContent = properties.name;
    label(map, spot(properties), text, "ward-name", "shadowPane").getElement().ariaHidden = "true";
  }
  const show = () => map.getContainer().classList.toggle("map--names", map.getZoom() >= 12);
  map.on("zoomend", show);
  show();
}

// -- Points -----------------------------------------------------------------------------------
function place(map, points) {
  const areas = new Set();
  const pins = [];
  for (const point of points) {
    if (point.approximate && (point.n || !point.url) && !areas.has(`${spot(point)}`)) {
      areas.add(`${spot(point)}`);
      L.circle(spot(point), { radius: AREA_METRES, className: "area", interactive: false }).addTo(map);
    }
    if (point.n) pins.push(pin(map, point));
    else if (point.url) dot(map, point);
    else if (!point.approximate) here(map, point);
  }
  const spread = () => spreadOut(map, pins);
  map.on("zoomend", spread);
  spread();
}

// Content at a point. Leaflet moves the empty box; what is in it stands where its style says.
function label(map, where, content, className = "pin-box", pane = "markerPane") {
  const icon = L.divIcon({ className, html: content, iconSize: null });
  return L.marker(where, { icon, pane, interactive: false, keyboard: false }).addTo(map);
}

function pin(map, point) {
  const link = document.createElement("a");
  link.className = "pin";
  link.href = point.url;
  link.textContent = point.n;
  link.title = point.label;
  link.ariaLabel = `${point.n}. ${point.label}${point.approximate ? " (area only)" : ""}`;
  // A press on a pin is for the link; the map must not take it for the start of a drag.
  L.DomEvent.disableClickPropagation(link);
  link.addEventListener("focus", () => map.panInside(spot(point), { padding: [50, 50], animate: !calm }));
  label(map, spot(point), link);
  return { where: spot(point), link };
}

function dot(map, point) {
  const link = document.createElement("a");
  link.href = point.url;
  link.textContent = point.label;
  L.circleMarker(spot(point), { radius: 6, className: "dot" }).bindPopup(link).addTo(map);
}

function here(map, point) {
  const mark = document.createElement("span");
  mark.className = "pin pin--dot is-lit";
  mark.role = "img";
  mark.ariaLabel = point.label;
  label(map, spot(point), mark);
}

// Pins that would cover each other stand side by side: each takes the free place nearest its point.
function spreadOut(map, pins) {
  const taken = [];
  for (const { where, link } of pins) {
    const point = map.latLngToLayerPoint(where);
    let at = point;
    for (let step = 1; taken.some((other) => covers(at, other)); step++) {
      const [turn, away] = [step * 2.39996, 9 * Math.sqrt(step)]; // a sunflower's spiral
      at = point.add([away * Math.cos(turn), away * Math.sin(turn)]);
    }
    taken.push(at);
    link.style.translate = `${Math.round(at.x - point.x)}px ${Math.round(at.y - point.y)}px`;
  }
}

const covers = (one, other) =>
  Math.abs(one.x - other.x) < PIN.width && Math.abs(one.y - other.y) < PIN.height;

// -- Search this area -------------------------------------------------------------------------
function offerSearch(map, element) {
  const form = document.getElementById(element.dataset.form);
  if (!form) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn--quiet";
  button.textContent = "Search this area";
  button.hidden = true;
  button.addEventListener("click", () => searchArea(map, form, element.dataset.sectors));
  L.DomEvent.disableClickPropagation(button);
  element.append(button);
  map.on("moveend", () => { button.hidden = false; });
}

async function searchArea(map, form, url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) return;
  const middle = map.getCenter();
  const away = (sector) => map.distance(middle, spot(sector));
  const { sectors } = await response.json();
  if (!sectors.length) return;
  const nearest = sectors.reduce((one, other) => (away(other) < away(one) ? other : one));
  const corner = map.getBounds().getNorthEast();
  const reach = (map.distance(middle, corner) + away(nearest)) / MILE;
  set(form, "near", nearest.code);
  // A view wider than every distance on offer is searched without one.
  set(form, "within", WITHIN.find((miles) => miles >= reach) ?? "");
  form.requestSubmit();
}

function set(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field) field.value = value;
}

start();
document.addEventListener("htmx:load", start);
