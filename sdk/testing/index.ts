export { startTokenServer, type TokenRequest, type TokenServer, type TokenServerOptions } from './token-server.ts'
