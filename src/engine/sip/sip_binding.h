/* What the parts of the registrar share. */
#ifndef HOTLINE_ENGINE_SIP_BINDING_H
#define HOTLINE_ENGINE_SIP_BINDING_H

#include "sip_registrar.h"

struct sip_registrar {
	struct sip_core *core;
	struct hash *accounts; /* user -> struct sip_account_entry */
};

void sip_binding_free(struct sip_binding *b);
void sip_account_changed(struct sip_account_entry *a); /* tells the program */
void sip_account_arm(struct sip_account_entry *a);     /* the expiry timer */

#endif
