"""What curators write: reasons, answers, judgements, and what somebody says on the telephone."""
