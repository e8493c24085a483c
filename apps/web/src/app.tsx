// The app: providers round the router.
import { TooltipProvider } from './ui/tooltip.js';

export function App() {
  return <TooltipProvider>{null}</TooltipProvider>;
}
