// /login
import { getRouteApi } from '@tanstack/react-router';
import { LoginPage } from '../features/auth/login-page.js';

const route = getRouteApi('/login');

export function Component() {
  const { next } = route.useSearch();
  return <LoginPage next={next} />;
}
