"""Money of a purchase: plan, receipts and refunds, arrears, mortgage (CUS-69, CUS-70)."""
