// /setup
import { SetupPage } from '../features/auth/setup-page.js';

export const Component = SetupPage;
