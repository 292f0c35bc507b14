export { type Described, decodeTicket } from './decode.js';
export type { Redrawn } from './redrawn.js';
export { type TicketSizes, ticketSizes } from './sizes.js';
export { encodeTicket, type Json, type Ticket, type TicketLayer, type TicketTensor } from './ticket.js';
