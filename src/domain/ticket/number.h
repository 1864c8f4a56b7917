/* Start and stop of what hands out numbers. */
#ifndef HOTLINE_DOMAIN_TICKET_NUMBER_H
#define HOTLINE_DOMAIN_TICKET_NUMBER_H

struct platform;

int number_start(const struct platform *platform);
void number_stop(void);

#endif
