"""Why a decision is what it is: rules unfolded, the nearest permit, the smallest change that would turn it."""
