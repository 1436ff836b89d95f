"""OpenID Connect relying party and browser sessions, as a backend for the frontend: tokens never reach the browser."""
