// Which cards, or the table: the address decides, else what was chosen last on this device.
import { z } from 'zod';
import { fleetViews, type FleetView } from './fleet-search.js';

const KEY = 'roundhouse.fleet.view';

export function storedView(): FleetView {
  try {
    return z.enum(fleetViews).catch('live').parse(localStorage.getItem(KEY));
  } catch {
    return 'live';
  }
}

export function storeView(view: FleetView): void {
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // Private windows may refuse storage: the choice then lasts as long as the address.
  }
}
